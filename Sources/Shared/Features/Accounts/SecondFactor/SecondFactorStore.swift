import Database

/// Second factors in the database.
struct SecondFactorStore: Sendable {
    struct Factor: Sendable {
        let sealedSecret: [UInt8]
        let lastStep: Int64
        let isConfirmed: Bool
        /// Whether so many wrong codes were tried in a row that it takes no more.
        let isClosed: Bool
        /// Seconds since 1970 by the database's clock, the same for all processes.
        let now: Double
    }

    /// How many wrong codes in a row close a second factor.
    static let wrongCodeLimit = 100

    func factor(of accountID: Int64, in session: some PostgresSession) async throws -> Factor? {
        try await session.row(Self.reading(of: accountID), Factor.init(row:))
    }

    /// What ``Factor/init(row:)`` reads.
    static func reading(of accountID: Int64) -> Query {
        """
        SELECT
            sealed_secret,
            last_step,
            confirmed_at IS NOT NULL AS is_confirmed,
            wrong_codes >= \(wrongCodeLimit) AS is_closed,
            extract(EPOCH FROM clock_timestamp())::float8 AS now
        FROM totp_secrets
        WHERE account_id = \(accountID)
        """
    }

    /// Stores a secret that is yet to be confirmed, in place of another such one.
    ///
    /// - Returns: `false` when there is a confirmed one, which stays.
    func begin(accountID: Int64, sealedSecret: [UInt8], in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            INSERT INTO totp_secrets (account_id, sealed_secret)
            VALUES (\(accountID), \(sealedSecret))
            ON CONFLICT (account_id) DO UPDATE
            SET sealed_secret = EXCLUDED.sealed_secret,
                last_step = 0,
                created_at = clock_timestamp()
            WHERE totp_secrets.confirmed_at IS NULL
            """
        ) == 1
    }

    /// Uses up the code of a time step.
    ///
    /// - Returns: whether neither this step nor a later one was used before.
    func take(step: Int64, accountID: Int64, confirming: Bool, in session: some PostgresSession) async throws -> Bool {
        let query: Query =
            """
            UPDATE totp_secrets
            SET last_step = \(step),
                wrong_codes = 0,
                confirmed_at = CASE WHEN \(confirming)::boolean THEN coalesce(confirmed_at, clock_timestamp()) ELSE confirmed_at END
            WHERE account_id = \(accountID)
            AND last_step < \(step)
            """
        return try await session.execute(confirming ? .changing(principalOf: accountID, by: query) : query) == 1
    }

    /// Counts a wrong code.
    ///
    /// - Returns: whether it closes the second factor.
    func countWrong(accountID: Int64, in session: some PostgresSession) async throws -> Bool {
        let count: Int? = try await session.row(
            """
            UPDATE totp_secrets
            SET wrong_codes = wrong_codes + 1
            WHERE account_id = \(accountID)
            AND wrong_codes < \(Self.wrongCodeLimit)
            RETURNING wrong_codes
            """
        ) { try $0["wrong_codes"] }
        return count == Self.wrongCodeLimit
    }

    /// Sets the count of wrong codes back, and opens the second factor if they have closed it.
    ///
    /// - Returns: whether it was closed.
    @discardableResult
    func open(accountID: Int64, in session: some PostgresSession) async throws -> Bool {
        let wasClosed: Bool? = try await session.row(
            """
            UPDATE totp_secrets
            SET wrong_codes = 0
            FROM (
                SELECT wrong_codes
                FROM totp_secrets
                WHERE account_id = \(accountID)
                FOR UPDATE
            ) AS before
            WHERE account_id = \(accountID)
            AND before.wrong_codes > 0
            RETURNING before.wrong_codes >= \(Self.wrongCodeLimit) AS was_closed
            """
        ) { try $0["was_closed"] }
        return wasClosed ?? false
    }

    /// Ends the second factor, recovery codes and all.
    ///
    /// - Returns: whether there was one.
    func remove(accountID: Int64, in session: some PostgresSession) async throws -> Bool {
        try await removeRecoveryCodes(accountID: accountID, in: session)
        return try await session.execute(
            .changing(
                principalOf: accountID,
                by:
                    """
                    DELETE FROM totp_secrets
                    WHERE account_id = \(accountID)
                    """
            )
        ) == 1
    }

    func addRecoveryCodes(_ codes: [RecoveryCode], accountID: Int64, in session: some PostgresSession) async throws {
        try await removeRecoveryCodes(accountID: accountID, in: session)
        for code in codes {
            try await session.execute(
                """
                INSERT INTO recovery_codes (account_id, code_sha256)
                VALUES (\(accountID), \(code.sha256))
                """
            )
        }
    }

    /// - Returns: whether the code was good until now.
    func useRecoveryCode(_ code: RecoveryCode, accountID: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            UPDATE recovery_codes
            SET used_at = clock_timestamp()
            WHERE account_id = \(accountID)
            AND code_sha256 = \(code.sha256)
            AND used_at IS NULL
            """
        ) == 1
    }

    /// Whether the code is good and unused.
    func hasRecoveryCode(_ code: RecoveryCode, accountID: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.requiredRow(
            """
            SELECT EXISTS (
                SELECT 1
                FROM recovery_codes
                WHERE account_id = \(accountID)
                AND code_sha256 = \(code.sha256)
                AND used_at IS NULL
            ) AS has
            """
        ) { try $0["has"] }
    }

    func recoveryCodesLeft(accountID: Int64, in session: some PostgresSession) async throws -> Int {
        try await session.requiredRow(
            """
            SELECT count(*) AS count
            FROM recovery_codes
            WHERE account_id = \(accountID)
            AND used_at IS NULL
            """
        ) { try $0["count"] }
    }

    private func removeRecoveryCodes(accountID: Int64, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            DELETE FROM recovery_codes
            WHERE account_id = \(accountID)
            """
        )
    }
}

extension SecondFactorStore.Factor {
    init(row: PostgresRow) throws {
        self.init(
            sealedSecret: try row["sealed_secret"], lastStep: try row["last_step"], isConfirmed: try row["is_confirmed"],
            isClosed: try row["is_closed"], now: try row["now"]
        )
    }
}
