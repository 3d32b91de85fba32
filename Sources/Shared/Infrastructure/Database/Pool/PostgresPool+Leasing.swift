import Synchronization
import Waiting

/// Leases connections and takes them back, and lets callers wait when none is free.
extension PostgresPool {
    /// Leases a connection that is open, as far as it can be told without asking the server.
    func aliveLease() async throws -> Lease {
        while true {
            let lease = try await lease()
            guard await !lease.connection.isAlive() else { return lease }
            await giveBack(lease)
        }
    }

    func lease() async throws -> Lease {
        guard !Task.isCancelled else { throw PostgresError(.cancelled, "cancelled before a connection was leased") }
        let start = clock.now
        let waiter = PostgresPoolState.WaiterID(number: lastWaiter.add(1, ordering: .relaxed).newValue)
        if let lease = leaseIdle(waiter, at: start) { return lease }
        let lease = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                wait(waiter, continuation, since: start)
                // A cancellation that came before the waiter was in line has found nobody to remove.
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

    /// Refuses callers that have waited too long. It runs while anybody waits.
    private func expireWaiters(at first: ContinuousClock.Instant) {
        Task {
            await watchForLate(from: first) {
                let (expired, next, cause) = contents.withLock { contents in
                    let (expired, next) = contents.state.expire(at: clock.now)
                    return (expired.compactMap { contents.waiting.removeValue(forKey: $0) }, next, contents.lastConnectError)
                }
                for continuation in expired {
                    metrics.refused()
                    let message = "no connection became free within \(configuration.leaseTimeout)"
                    continuation.resume(throwing: cause ?? PostgresError(.leaseTimedOut, message))
                }
                return next
            }
        }
    }

    func giveBack(_ lease: Lease) async {
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
}
