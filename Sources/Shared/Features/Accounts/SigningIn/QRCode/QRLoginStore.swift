import Callers
import Database

import struct Foundation.Date
import struct Foundation.UUID

/// Sign-ins by QR code in the database. Each step is one statement that names the state before it: of two at once, one finds nothing.
struct QRLoginStore: Sendable {
    func insert(
        qr: OneTimeSecret, poll: OneTimeSecret, numbers: MatchNumbers, realm: Realm, userAgent: String?, address: String?, life: Duration,
        in session: some PostgresSession
    ) async throws -> (id: UUID, expiresAt: Date) {
        try await session.requiredRow(
            """
            INSERT INTO qr_logins (realm, qr_sha256, poll_sha256, match_number, offered_numbers, user_agent, address, expires_at)
            VALUES (
                \(realm),
                \(qr.sha256),
                \(poll.sha256),
                \(numbers.shown),
                \(numbers.offered)::smallint[],
                \(userAgent),
                \(address),
                clock_timestamp() + make_interval(secs => \(life / .seconds(1))::double precision)
            )
            RETURNING id, expires_at
            """
        ) { (try $0["id"], try $0["expires_at"]) }
    }

    /// Binds a code to the first who scans it. `nil` when there is none that waits to be scanned.
    func scan(qr: OneTimeSecret, by principal: Principal, in session: some PostgresSession) async throws -> QRLogin? {
        try await session.row(
            """
            UPDATE qr_logins
            SET state = \(QRLoginEvent.scan.target),
                scanned_by_account_id = \(principal.accountID),
                scanned_by_session_id = \(principal.sessionID)
            WHERE qr_sha256 = \(qr.sha256)
            AND realm = \(principal.realm)
            AND state = \(QRLoginEvent.scan.source)
            AND expires_at > clock_timestamp()
            RETURNING \(Self.columns)
            """,
            QRLogin.init(row:)
        )
    }

    /// What became of a code.
    func login(qr: OneTimeSecret, realm: Realm, in session: some PostgresSession) async throws -> QRLogin? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM qr_logins
            WHERE qr_sha256 = \(qr.sha256)
            AND realm = \(realm)
            """,
            QRLogin.init(row:)
        )
    }

    /// The one that somebody scanned.
    func login(_ id: UUID, scannedBy principal: Principal, in session: some PostgresSession) async throws -> QRLogin? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM qr_logins
            WHERE id = \(id)
            AND realm = \(principal.realm)
            AND scanned_by_account_id = \(principal.accountID)
            AND scanned_by_session_id = \(principal.sessionID)
            """,
            QRLogin.init(row:)
        )
    }

    /// Approves it, if the number is the device's, else denies it. `nil` when it doesn't wait for this scanner's decision.
    ///
    /// - Parameter number: `nil` denies.
    func decide(
        _ id: UUID, number: Int?, by principal: Principal, in session: some PostgresSession
    ) async throws -> QRLoginState? {
        try await session.row(
            """
            UPDATE qr_logins
            SET state = CASE
                    WHEN match_number = \(number)::smallint THEN \(QRLoginEvent.approve.target)
                    ELSE \(QRLoginEvent.deny.target)
                END,
                decided_at = clock_timestamp()
            WHERE id = \(id)
            AND realm = \(principal.realm)
            AND scanned_by_account_id = \(principal.accountID)
            AND scanned_by_session_id = \(principal.sessionID)
            AND state = \(QRLoginEvent.approve.source)
            AND expires_at > clock_timestamp()
            RETURNING state
            """
        ) { try $0["state"] }
    }

    /// How it stands, for whoever has the device's secret.
    func state(_ id: UUID, poll: OneTimeSecret, realm: Realm, in session: some PostgresSession) async throws -> QRLoginState? {
        try await session.row(
            """
            SELECT \(Self.currentState)
            FROM qr_logins
            WHERE id = \(id)
            AND poll_sha256 = \(poll.sha256)
            AND realm = \(realm)
            """
        ) { try $0["state"] }
    }

    /// Takes an approval, once. `nil` when there is none to take.
    func collect(
        _ id: UUID, poll: OneTimeSecret, realm: Realm, in session: some PostgresSession
    ) async throws -> (accountID: Int64, sessionID: Int64)? {
        try await session.row(
            """
            UPDATE qr_logins
            SET state = \(QRLoginEvent.collect.target),
                consumed_at = clock_timestamp()
            WHERE id = \(id)
            AND poll_sha256 = \(poll.sha256)
            AND realm = \(realm)
            AND state = \(QRLoginEvent.collect.source)
            AND expires_at > clock_timestamp()
            RETURNING scanned_by_account_id, scanned_by_session_id
            """
        ) { (try $0["scanned_by_account_id"], try $0["scanned_by_session_id"]) }
    }

    /// - Returns: how many were deleted.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM qr_logins
            WHERE id IN (
                SELECT id
                FROM qr_logins
                WHERE expires_at < clock_timestamp() - INTERVAL '1 day'
                ORDER BY expires_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }

    private static let currentState: Query =
        """
        CASE
            WHEN state NOT IN ('denied', 'consumed') AND expires_at <= clock_timestamp() THEN 'expired'
            ELSE state
        END AS state
        """

    private static let columns: Query =
        """
        id, \(currentState), user_agent, address, offered_numbers, created_at, expires_at, scanned_by_account_id, scanned_by_session_id
        """
}

extension QRLogin {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            state: try row["state"],
            userAgent: try row["user_agent"],
            address: try row["address"],
            offeredNumbers: try row["offered_numbers"],
            createdAt: try row["created_at"],
            expiresAt: try row["expires_at"],
            scannedByAccountID: try row["scanned_by_account_id"],
            scannedBySessionID: try row["scanned_by_session_id"]
        )
    }
}
