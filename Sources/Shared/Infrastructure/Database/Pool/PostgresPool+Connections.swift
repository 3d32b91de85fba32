import Logging
import ServiceLifecycle
import Synchronization

/// Makes, keeps and closes connections.
extension PostgresPool {
    /// The longest pause between two attempts to connect, in milliseconds. The pool recovers at most so long after the database.
    private static var longestPause: Int { 1_000 }

    func connect(_ id: PostgresPoolState.ConnectionID) {
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
        unreachable.ended()
        let (placement, waiting, next) = contents.withLock { contents in
            contents.connections[id] = connection
            contents.lastConnectError = nil
            let placement = contents.state.connected(id, at: now)
            let next = contents.state.connectionsToMake()
            metrics.record(contents.state)
            guard case .give(let waiter) = placement else { return (placement, nil as CheckedContinuation<Lease, any Error>?, next) }
            return (placement, contents.waiting.removeValue(forKey: waiter), next)
        }
        if let waiting { waiting.resume(returning: Lease(id: id, connection: connection, start: now)) }
        if placement == .close { close([id]) }
        for id in next { connect(id) }
    }

    /// Ends the pause before the next attempt, because another connection to this database was made.
    func databaseWasReached() {
        for id in contents.withLock({ $0.state.endBackOff() }) { connect(id) }
    }

    private func connectFailed(_ id: PostgresPoolState.ConnectionID, _ cause: PostgresError) async {
        metrics.connectFailed()
        let failures = contents.withLock { contents in
            contents.state.connectFailed(id)
            contents.lastConnectError = cause
            return contents.state.failures
        }
        // The details may hold names of hosts and users, which belong in the log.
        unreachable.happened(logger, ["error": "\(String(reflecting: cause))", "failures": "\(failures)"])
        let longest = min(100 << min(max(failures, 1) - 1, 6), Self.longestPause)
        try? await Task.sleep(for: .milliseconds(Int.random(in: longest / 2...longest)))
        if let next = contents.withLock({ $0.state.retry() }) { connect(next) }
    }

    func close(_ ids: [PostgresPoolState.ConnectionID]) {
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

    /// Keeps the minimum of connections until the service shuts down. Then it waits for the leases to come back, within a limit, and closes
    /// all connections.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.tend()
                try? await Task.sleep(for: .seconds(1))
            }
        }
        await close()
    }

    /// Opens connections up to the minimum, and closes those that nobody needs.
    private func tend() {
        let (old, missing) = contents.withLock { contents in
            let old = contents.state.prune(at: clock.now)
            return (old, contents.state.connectionsToMake())
        }
        close(old)
        for id in missing { connect(id) }
    }

    /// Refuses new leases, waits for the connections that are leased, within a limit, and closes all connections.
    package func close() async {
        let (refused, idle) = contents.withLock { contents in
            let (refused, idle) = contents.state.shutDown()
            return (refused.compactMap { contents.waiting.removeValue(forKey: $0) }, idle)
        }
        for continuation in refused { continuation.resume(throwing: PostgresError(.closed, "the pool is closed")) }
        close(idle)
        let deadline = clock.now.advanced(by: configuration.shutdownTimeout)
        // This has a task of its own: the caller may be cancelled already and must wait nevertheless.
        await Task {
            while !contents.withLock({ $0.state.isDrained }), clock.now < deadline {
                try? await Task.sleep(for: .milliseconds(5))
            }
        }.value
        let left = contents.withLock { $0.state.leasedCount }
        if left > 0 { logger.warning("connections were still leased at shutdown", metadata: ["count": "\(left)"]) }
    }
}
