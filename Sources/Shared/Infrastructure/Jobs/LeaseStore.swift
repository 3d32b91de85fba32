import Database
import Waiting

/// The rows of leases, which say which process holds a job.
struct LeaseStore: Sendable {
    /// Takes a lease if nobody holds it, its holder let it run out, or it is ours already.
    ///
    /// - Returns: whether it is ours now.
    func acquire(_ name: String, holder: String, for duration: Duration, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            INSERT INTO leases (name, holder, expires_at)
            VALUES (\(name), \(holder), clock_timestamp() + make_interval(secs => \(duration.seconds)))
            ON CONFLICT (name) DO UPDATE
            SET holder = EXCLUDED.holder,
                expires_at = EXCLUDED.expires_at
            WHERE leases.holder = EXCLUDED.holder
                OR leases.expires_at <= clock_timestamp()
            """
        ) == 1
    }

    /// Renews a lease. A lease that ran out is still ours as long as nobody else took it.
    ///
    /// - Returns: whether it is still ours.
    func renew(_ name: String, holder: String, for duration: Duration, in session: some PostgresSession) async throws -> Bool {
        try await session.execute(
            """
            UPDATE leases
            SET expires_at = clock_timestamp() + make_interval(secs => \(duration.seconds))
            WHERE name = \(name)
                AND holder = \(holder)
            """
        ) == 1
    }

    /// Releases a lease, so that another process need not wait for it to run out.
    func release(_ name: String, holder: String, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            DELETE FROM leases
            WHERE name = \(name)
                AND holder = \(holder)
            """
        )
    }
}
