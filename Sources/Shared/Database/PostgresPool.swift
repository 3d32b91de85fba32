package import Logging
import ServiceLifecycle
import Synchronization

/// A bounded number of connections, shared.
///
/// Connections are made when they are needed; those that broke are thrown away. Who finds none free waits in line, but neither in an
/// endless line nor endlessly. ``run()`` keeps the minimum open and closes all at the end; leasing works before it too.
package final class PostgresPool: Service, PostgresSession {
    private typealias State = PostgresPoolState

    private struct Contents {
        var state: State
        var connections: [State.ConnectionID: PostgresConnection] = [:]
        var waiting: [State.WaiterID: CheckedContinuation<Lease, any Error>] = [:]
        var lastConnectError: PostgresError?
    }

    private struct Lease: Sendable {
        let id: PostgresPoolState.ConnectionID
        let connection: PostgresConnection
        let start: ContinuousClock.Instant
    }

    package let configuration: PostgresPoolConfiguration
    private let logger: Logger
    private let metrics = PostgresPoolMetrics()
    private let clock = ContinuousClock()
    private let contents: Mutex<Contents>
    private let lastWaiter = Atomic<Int>(0)

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
    }

    /// How many connections take a place, those that are being made included.
    package var connectionCount: Int { contents.withLock { $0.state.count } }

    // MARK: Queries

    /// Runs one statement, which commits by itself.
    ///
    /// - Throws: ``PostgresError``.
    package func rows(_ query: Query) async throws -> PostgresRows {
        try await untilSent { try await $0.rows(query) }
    }

    /// Runs statements in one round trip, as one: all or none happen.
    ///
    /// - Throws: ``PostgresError``.
    package func pipeline(_ queries: [Query]) async throws -> [PostgresRows] {
        try await untilSent { connection in
            do {
                return try await connection.pipeline(queries)
            } catch let error as PostgresPipelineError {
                throw error.underlying
            }
        }
    }

    /// Tries anew while the connection had gone when it was idle: nothing was asked of it yet.
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
    /// - Throws: ``PostgresError`` when there is no connection to be had, and what the closure throws.
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
                // The rivals should not meet again at once.
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

    // MARK: Leasing

    /// A lease of a connection that stands, as far as can be told without asking the server.
    private func aliveLease() async throws -> Lease {
        while true {
            let lease = try await lease()
            guard await !lease.connection.isAlive() else { return lease }
            await giveBack(lease)
        }
    }

    private func lease() async throws -> Lease {
        guard !Task.isCancelled else { throw PostgresError(.cancelled, "cancelled before a connection was leased") }
        let start = clock.now
        let waiter = PostgresPoolState.WaiterID(number: lastWaiter.add(1, ordering: .relaxed).newValue)
        if let lease = leaseIdle(waiter, at: start) { return lease }
        let lease = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                wait(waiter, continuation, since: start)
                // A cancellation that came before the waiter stood in line has found nobody there.
                if Task.isCancelled { abandon(waiter) }
            }
        } onCancel: {
            abandon(waiter)
        }
        metrics.waited(start.duration(to: clock.now))
        return lease
    }

    /// The quick way: a connection that is free right now.
    private func leaseIdle(_ waiter: PostgresPoolState.WaiterID, at now: ContinuousClock.Instant) -> Lease? {
        contents.withLock { contents -> Lease? in
            guard contents.state.idleCount > 0, case .use(let id) = contents.state.lease(waiter, at: now) else { return nil }
            metrics.record(contents.state)
            return contents.connections[id].map { Lease(id: id, connection: $0, start: now) }
        }
    }

    private func wait(
        _ waiter: PostgresPoolState.WaiterID,
        _ continuation: CheckedContinuation<Lease, any Error>,
        since start: ContinuousClock.Instant
    ) {
        let (lease, decision) = contents.withLock { contents -> (Lease?, PostgresPoolState.Lease) in
            let decision = contents.state.lease(waiter, at: start)
            metrics.record(contents.state)
            switch decision {
            case .use(let id): return (contents.connections[id].map { Lease(id: id, connection: $0, start: start) }, decision)
            case .wait: contents.waiting[waiter] = continuation
            case .poolExhausted, .closed: break
            }
            return (nil, decision)
        }
        switch decision {
        case .use:
            if let lease {
                continuation.resume(returning: lease)
            } else {
                continuation.resume(throwing: PostgresError(.closed, "the connection is gone"))
            }
        case .wait(let connection, let timer):
            if let connection { connect(connection) }
            if let timer { expireWaiters(at: timer) }
        case .poolExhausted:
            metrics.refused()
            continuation.resume(throwing: PostgresError(.poolExhausted, "\(configuration.maximumWaiters) wait for a connection already"))
        case .closed:
            continuation.resume(throwing: PostgresError(.closed, "the pool is closed"))
        }
    }

    private func abandon(_ waiter: PostgresPoolState.WaiterID) {
        let continuation = contents.withLock { contents in
            contents.state.abandon(waiter) ? contents.waiting.removeValue(forKey: waiter) : nil
        }
        continuation?.resume(throwing: PostgresError(.cancelled, "cancelled while waiting for a connection"))
    }

    /// Refuses those who have waited too long, as long as anybody waits.
    private func expireWaiters(at first: ContinuousClock.Instant) {
        Task {
            var next: ContinuousClock.Instant? = first
            while let moment = next {
                try? await Task.sleep(until: moment, clock: clock)
                let (expired, timer, cause) = contents.withLock { contents in
                    let (expired, timer) = contents.state.expire(at: clock.now)
                    return (expired.compactMap { contents.waiting.removeValue(forKey: $0) }, timer, contents.lastConnectError)
                }
                for continuation in expired {
                    metrics.refused()
                    let message = "no connection became free within \(configuration.leaseTimeout)"
                    continuation.resume(throwing: cause ?? PostgresError(.leaseTimedOut, message))
                }
                next = timer
            }
        }
    }

    private func giveBack(_ lease: Lease) async {
        let connection = lease.connection
        if connection.transactionStatus != .idle { await connection.rollBack() }
        let isUsable = connection.transactionStatus == .idle && !connection.leadsToReadOnlyServer
        if connection.leadsToReadOnlyServer {
            close(contents.withLock { $0.state.discardIdle() })
        }
        let now = clock.now
        metrics.held(lease.start.duration(to: now))
        let (outcome, waiting) = contents.withLock { contents in
            let outcome = contents.state.release(lease.id, isUsable: isUsable, at: now)
            metrics.record(contents.state)
            guard case .give(let waiter) = outcome.placement else { return (outcome, nil as CheckedContinuation<Lease, any Error>?) }
            return (outcome, contents.waiting.removeValue(forKey: waiter))
        }
        if let waiting { waiting.resume(returning: Lease(id: lease.id, connection: connection, start: now)) }
        if outcome.placement == .close { close([lease.id]) }
        if let connection = outcome.connect { connect(connection) }
    }

    // MARK: Connections

    private func connect(_ id: PostgresPoolState.ConnectionID) {
        Task {
            do {
                accept(try await PostgresConnection.connect(to: configuration.connection), as: id)
            } catch {
                let cause = (error as? PostgresError) ?? PostgresError(.connectionFailed, "\(error)")
                await connectFailed(id, cause)
            }
        }
    }

    private func accept(_ connection: PostgresConnection, as id: PostgresPoolState.ConnectionID) {
        let now = clock.now
        let (placement, waiting, next) = contents.withLock { contents in
            contents.connections[id] = connection
            contents.lastConnectError = nil
            let placement = contents.state.connected(id, at: now)
            let next = contents.state.connectionToMake()
            metrics.record(contents.state)
            guard case .give(let waiter) = placement else { return (placement, nil as CheckedContinuation<Lease, any Error>?, next) }
            return (placement, contents.waiting.removeValue(forKey: waiter), next)
        }
        if let waiting { waiting.resume(returning: Lease(id: id, connection: connection, start: now)) }
        if placement == .close { close([id]) }
        if let next { connect(next) }
    }

    private func connectFailed(_ id: PostgresPoolState.ConnectionID, _ cause: PostgresError) async {
        metrics.connectFailed()
        let failures = contents.withLock { contents in
            contents.state.connectFailed(id)
            contents.lastConnectError = cause
            return contents.state.failures
        }
        // The details may hold names of hosts and users, which belong in the log.
        logger.warning("cannot connect to the database", metadata: ["error": "\(String(reflecting: cause))", "failures": "\(failures)"])
        let longest = 100 << min(failures - 1, 6)
        try? await Task.sleep(for: .milliseconds(Int.random(in: longest / 2...longest)))
        if let next = contents.withLock({ $0.state.retry() }) { connect(next) }
    }

    private func close(_ ids: [PostgresPoolState.ConnectionID]) {
        let connections = contents.withLock { contents in
            ids.map { ($0, contents.connections.removeValue(forKey: $0)) }
        }
        for (id, connection) in connections {
            Task {
                await connection?.close()
                contents.withLock { $0.state.closed(id) }
            }
        }
    }

    // MARK: Service

    /// Keeps the minimum of connections until the service shuts down, then waits for the leases to come back, within a limit, and closes
    /// all.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.tend()
                try? await Task.sleep(for: .seconds(1))
            }
        }
        await close()
    }

    /// Opens what lacks to the minimum and closes what nobody needs.
    private func tend() {
        let (old, missing) = contents.withLock { contents in
            let old = contents.state.prune(at: clock.now)
            var missing: [PostgresPoolState.ConnectionID] = []
            while let id = contents.state.connectionToMake() { missing.append(id) }
            return (old, missing)
        }
        close(old)
        for id in missing { connect(id) }
    }

    /// Refuses new leases, waits for those that are out, within a limit, and closes all connections.
    package func close() async {
        let (refused, idle) = contents.withLock { contents in
            let (refused, idle) = contents.state.shutDown()
            return (refused.compactMap { contents.waiting.removeValue(forKey: $0) }, idle)
        }
        for continuation in refused { continuation.resume(throwing: PostgresError(.closed, "the pool is closed")) }
        close(idle)
        let deadline = clock.now.advanced(by: configuration.shutdownTimeout)
        // In a task of its own: the caller may be cancelled already and must wait nonetheless.
        await Task {
            while !contents.withLock({ $0.state.isDrained }), clock.now < deadline {
                try? await Task.sleep(for: .milliseconds(5))
            }
        }.value
        let left = contents.withLock { $0.state.leasedCount }
        if left > 0 { logger.warning("connections were still leased at shutdown", metadata: ["count": "\(left)"]) }
    }
}
