package import Logging
import ServiceLifecycle
import Synchronization

/// A limited number of shared connections.
///
/// Connections are made when they are needed; broken ones are thrown away. A caller that finds none free waits in line. The length of the
/// line and the wait are limited. ``run()`` keeps the minimum open and closes all connections at the end; leasing works before it too.
package final class PostgresPool: Service, PostgresSession {
    typealias State = PostgresPoolState

    struct Contents {
        var state: State
        var connections: [State.ConnectionID: PostgresConnection] = [:]
        var waiting: [State.WaiterID: CheckedContinuation<Lease, any Error>] = [:]
        var lastConnectError: PostgresError?
    }

    struct Lease: Sendable {
        let id: PostgresPoolState.ConnectionID
        let connection: PostgresConnection
        let start: ContinuousClock.Instant
    }

    package let configuration: PostgresPoolConfiguration
    let logger: Logger
    let metrics = PostgresPoolMetrics()
    let clock = ContinuousClock()
    let contents: Mutex<Contents>
    let lastWaiter = Atomic<Int>(0)
    let unreachable = RepeatedWarning("cannot connect to the database")

    package init(configuration: PostgresPoolConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let limits = PostgresPoolState.Limits(
            minimum: configuration.minimumConnections,
            maximum: configuration.maximumConnections,
            maximumWaiters: configuration.maximumWaiters,
            leaseTimeout: configuration.leaseTimeout,
            idleTimeout: configuration.idleTimeout
        )
        contents = Mutex(Contents(state: PostgresPoolState(limits: limits)))
        configuration.connection.reachability.observe { [weak self] in self?.databaseWasReached() }
    }

    /// The number of connections, including those that are being made.
    package var connectionCount: Int { contents.withLock { $0.state.count } }

    // MARK: Queries

    /// Runs one statement, which commits by itself.
    ///
    /// - Throws: ``PostgresError``.
    package func rows(_ query: Query) async throws -> PostgresRows {
        try await untilSent { try await $0.rows(query) }
    }

    /// Runs statements in one round trip as one transaction: all or none happen.
    ///
    /// - Throws: ``PostgresError``.
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        try await untilSent { try await $0.results(of: queries) }
    }

    /// Tries again while the leased connection turns out to have been lost when it was idle. Nothing was sent over it yet.
    private func untilSent<Result: Sendable>(_ body: (PostgresConnection) async throws -> Result) async throws -> Result {
        var attempt = 0
        while true {
            do {
                return try await withConnection(checked: false, body)
            } catch let error as PostgresError
                where error.code == .connectionLost && error.wasNotSent && attempt <= configuration.maximumConnections
            {
                attempt += 1
            }
        }
    }

    /// Leases a connection to a closure. A transaction that the closure leaves open is rolled back.
    ///
    /// - Throws: ``PostgresError`` when no connection is available, and the closure's errors.
    @discardableResult
    package func withConnection<Result: Sendable>(
        _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await withConnection(checked: true, body)
    }

    /// Runs a closure as one transaction: commits when it returns, rolls back when it throws.
    ///
    /// When the transaction lost against another one (serialization failure, deadlock) the whole closure is run again, at most three times,
    /// so it must have no effects besides the transaction's.
    ///
    /// - Throws: ``PostgresError``, and what the closure throws; ``PostgresError/Code/commitOutcomeUnknown`` when the connection broke at
    ///   the COMMIT.
    @discardableResult
    package func withTransaction<Result: Sendable>(
        isolation: PostgresIsolation = .readCommitted,
        _ body: (PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        var retries = 0
        var lost = 0
        while true {
            do {
                return try await withConnection(checked: false) { connection in
                    try await connection.withTransaction(isolation: isolation, body)
                }
            } catch {
                guard let cause = (error as? PostgresError) ?? (error as? PostgresPipelineError)?.underlying else { throw error }
                if cause.code == .connectionLost, cause.wasNotSent, lost <= configuration.maximumConnections {
                    lost += 1
                    continue
                }
                if cause.code == .commitOutcomeUnknown { metrics.commitUnknown() }
                guard cause.isRetryable, retries < 3 else { throw error }
                metrics.retried()
                retries += 1
                // A random pause, so that the two transactions don't meet again at once.
                try await pause(.milliseconds(Int.random(in: 1...20) << retries))
            }
        }
    }

    private func pause(_ duration: Duration) async throws {
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw PostgresError(.cancelled, "cancelled before a transaction was run again")
        }
    }

    private func withConnection<Result: Sendable>(
        checked: Bool,
        _ body: (PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let lease = try await checked ? aliveLease() : lease()
        let result: Result
        do {
            result = try await body(lease.connection)
        } catch {
            await giveBack(lease)
            throw error
        }
        await giveBack(lease)
        return result
    }
}
