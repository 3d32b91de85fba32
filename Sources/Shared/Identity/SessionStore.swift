import Database

import struct Foundation.Date

/// Sessions in the database.
struct SessionStore: Sendable {
    /// Begins a session.
    ///
    /// - Returns: when it ends by itself.
    func insert(_ token: Token, accountID: Int64, length: Duration, in session: some PostgresSession) async throws -> Date? {
        try await session.row(
            """
            INSERT INTO sessions (token_sha256, account_id, realm, expires_at)
            VALUES (
                \(token.sha256),
                \(accountID),
                \(token.realm),
                clock_timestamp() + make_interval(secs => \(length / .seconds(1))::double precision)
            )
            RETURNING expires_at
            """
        ) { try $0["expires_at"] }
    }

    /// Who has a token of this hash in this realm: `nil` when nobody has, or the session is over, or the account is disabled or deleted.
    func principal(forSHA256 sha256: [UInt8], realm: Realm, in session: some PostgresSession) async throws -> Principal? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM sessions
            JOIN accounts ON accounts.id = sessions.account_id
            WHERE sessions.token_sha256 = \(sha256)
            AND sessions.realm = \(realm)
            AND \(Self.stillCounts)
            """,
            Self.principal
        )
    }

    /// The same by the session's number, as it is now.
    func principal(sessionID: Int64, realm: Realm, in session: some PostgresSession) async throws -> Principal? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM sessions
            JOIN accounts ON accounts.id = sessions.account_id
            WHERE sessions.id = \(sessionID)
            AND sessions.realm = \(realm)
            AND \(Self.stillCounts)
            """,
            Self.principal
        )
    }

    /// Ends a session.
    ///
    /// - Returns: whether it hadn't ended before.
    func revoke(_ sessionID: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            UPDATE sessions
            SET revoked_at = clock_timestamp()
            WHERE id = \(sessionID)
            AND revoked_at IS NULL
            """
        ) > 0
    }

    /// Ends all sessions of an account.
    func revokeAll(accountID: Int64, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE sessions
            SET revoked_at = clock_timestamp()
            WHERE account_id = \(accountID)
            AND revoked_at IS NULL
            """
        )
    }

    private static let columns: Query =
        """
        sessions.id AS session_id, accounts.id AS account_id, accounts.realm, accounts.merchant_id, accounts.permission,
            \(GrantStore.grantsOfAccount),
            \(GrantStore.cinemasOfAccount)
        """

    private static let stillCounts: Query =
        """
        sessions.revoked_at IS NULL
        AND sessions.expires_at > clock_timestamp()
        AND accounts.realm = sessions.realm
        AND accounts.disabled_at IS NULL
        AND accounts.deleted_at IS NULL
        """

    private static func principal(_ row: PostgresRow) throws -> Principal {
        let cinemaIDs: [Int64] = try row["cinema_ids"]
        return Principal(
            accountID: try row["account_id"],
            realm: try row["realm"],
            merchantID: try row["merchant_id"],
            cinemaIDs: cinemaIDs.isEmpty ? nil : cinemaIDs,
            permission: Permission(rawValue: try row["permission"]),
            grants: GrantStore.grants(try row["grants"]),
            sessionID: try row["session_id"]
        )
    }
}
