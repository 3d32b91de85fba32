import Database

import struct Foundation.Date

/// Sign-ins at providers that have begun, in the database.
struct ProviderSignInStore: Sendable {
    /// - Returns: when it ends.
    func insert(
        state: OneTimeSecret, browser: OneTimeSecret, provider: String, life: Duration, in session: some PostgresSession
    ) async throws -> Date {
        try await session.requiredRow(
            """
            INSERT INTO third_party_logins (state_sha256, browser_sha256, provider, expires_at)
            VALUES (
                \(state.sha256),
                \(browser.sha256),
                \(provider),
                clock_timestamp() + make_interval(secs => \(life / .seconds(1))::double precision)
            )
            RETURNING expires_at
            """
        ) { try $0["expires_at"] }
    }

    /// Uses one up.
    ///
    /// - Returns: whether it was there, of this browser and provider, unused and in time.
    func use(
        state: OneTimeSecret, browser: OneTimeSecret, provider: String, in session: some PostgresSession
    ) async throws -> Bool {
        try await session.execute(
            """
            UPDATE third_party_logins
            SET used_at = clock_timestamp()
            WHERE state_sha256 = \(state.sha256)
            AND browser_sha256 = \(browser.sha256)
            AND provider = \(provider)
            AND used_at IS NULL
            AND expires_at > clock_timestamp()
            """
        ) > 0
    }

    /// - Returns: how many were deleted.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM third_party_logins
            WHERE state_sha256 IN (
                SELECT state_sha256
                FROM third_party_logins
                WHERE expires_at < clock_timestamp() - INTERVAL '1 day'
                ORDER BY expires_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
