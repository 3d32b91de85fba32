package import Database

/// A lock that a test holds in a separate transaction, so that another transaction waits at a place that the test has chosen.
package struct HeldLock: Sendable {
    private let holder: PostgresConnection
    private let onlooker: PostgresConnection
    private let holderProcessID: Int

    /// - Parameter statements: take the lock. Their effects end with ``release()``.
    package init(_ statements: Query..., in configuration: PostgresConnectionConfiguration) async throws {
        var configuration = configuration
        // The lock is held for as long as the test wants.
        configuration.idleInTransactionTimeout = nil
        holder = try await PostgresConnection.connect(to: configuration)
        // One statement waits for the blocked transaction.
        configuration.statementTimeout = nil
        onlooker = try await PostgresConnection.connect(to: configuration)
        holderProcessID = await holder.serverProcessID
        try await holder.pipeline(["BEGIN"] + statements)
    }

    /// Holds the row of a showtime, at which every booking of it begins.
    package init(showtimeID: Int64, in configuration: PostgresConnectionConfiguration) async throws {
        try await self.init("SELECT FROM showtimes WHERE id = \(showtimeID) FOR UPDATE", in: configuration)
    }

    /// Waits until another transaction waits for this lock.
    ///
    /// - Returns: the number of its server process.
    package func blocked() async throws -> Int { try await waiter(for: holderProcessID) }

    /// Waits until a transaction waits for another one.
    ///
    /// - Parameter processID: the number of the server process that keeps it waiting.
    /// - Returns: the number of its server process.
    package func waiter(for processID: Int) async throws -> Int {
        try await eventually {
            try await onlooker.row(
                "SELECT pid FROM pg_stat_activity WHERE \(processID)::integer = ANY (pg_blocking_pids(pid)) LIMIT 1"
            ) { try $0["pid"] as Int }
        }
    }

    /// Ends the server process that waits for this lock, and waits until it is gone.
    ///
    /// The server itself watches for it, because some transactions wait only for a fifth of a second.
    package func endBlocked() async throws {
        try await onlooker.execute(
            Query(
                unsafeSQL: """
                    DO $$
                    DECLARE
                        deadline timestamptz := clock_timestamp() + INTERVAL '180 seconds';
                    BEGIN
                        LOOP
                            PERFORM pg_terminate_backend(pid, 10000)
                            FROM pg_locks
                            WHERE NOT granted
                                AND \(holderProcessID) = ANY (pg_blocking_pids(pid));
                            EXIT WHEN FOUND;
                            ASSERT clock_timestamp() < deadline, 'nobody came';
                            PERFORM pg_sleep(0.001);
                        END LOOP;
                    END
                    $$
                    """))
    }

    /// Waits until a server process has ended by itself.
    package func waitForEnd(of processID: Int) async throws {
        try await until {
            try await onlooker.row("SELECT FROM pg_stat_activity WHERE pid = \(processID)::integer", { _ in true }) == nil
        }
    }

    /// Releases the lock and rolls the transaction back.
    package func letGo() async {
        await holder.close()
    }

    /// Releases the lock if it is still held, and ends the watching.
    package func release() async {
        await letGo()
        await onlooker.close()
    }
}
