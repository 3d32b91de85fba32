package import Database
package import Logging
import Metrics
import ServiceLifecycle
import Waiting

/// Delivers the outbox's messages. It leases those that are due, passes each to the handler of its kind, outside of any transaction, and
/// records the outcome.
///
/// Any number of workers may run side by side; one worker at a time has a message, for the length of its lease. Messages of a kind without
/// a handler here are left alone, because another binary may have the handler.
package struct OutboxWorker: Service {
    private let pool: PostgresPool
    private let handlers: [String: any OutboxHandler]
    private let pace: OutboxConfiguration
    private let logger: Logger
    private let store = OutboxStore()
    private let unreadable = RepeatedWarning("The outbox could not be read.")

    package init(pool: PostgresPool, handlers: [any OutboxHandler], pace: OutboxConfiguration = OutboxConfiguration(), logger: Logger) {
        self.pool = pool
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
        self.pace = pace
        self.logger = logger
    }

    /// Works until the service shuts down. Then it leases nothing more, and returns when the deliveries under way have ended, each within
    /// its own limit.
    package func run() async throws {
        guard !Task.isShuttingDownGracefully else { return }
        await withTaskGroup(of: Event.self) { group in
            group.addTask { await shutdownBegins() }
            group.addTask { await measure() }
            var free = pace.concurrency
            var looks = true
            var waits = false
            var stops = false
            while !stops || free < pace.concurrency {
                if looks, !stops, free > 0 {
                    let messages = await lease(free)
                    for message in messages {
                        group.addTask { await deliver(message) }
                    }
                    free -= messages.count
                    // When all places are taken, more messages may be due, so the worker looks again as soon as a place is free.
                    looks = free == 0
                }
                if !waits, !stops {
                    waits = true
                    group.addTask { await pause(pace.pollInterval, then: .polled) }
                }
                switch await group.next() {
                case .delivered: free += 1
                case .polled: (waits, looks) = (false, true)
                case .measured: group.addTask { await pause(pace.measureInterval, then: .measureDue) }
                case .measureDue: if !stops { group.addTask { await measure() } }
                case .stopping, nil: stops = true
                }
                if Task.isCancelled { stops = true }
            }
            group.cancelAll()
        }
    }

    /// The events that the loop waits for.
    private enum Event: Sendable {
        case delivered, polled, measured, measureDue, stopping
    }

    private func shutdownBegins() async -> Event {
        try? await gracefulShutdown()
        return .stopping
    }

    private func pause(_ duration: Duration, then event: Event) async -> Event {
        try? await Task.sleep(for: duration)
        return event
    }

    private func lease(_ count: Int) async -> [OutboxMessage] {
        guard !handlers.isEmpty else { return [] }
        do {
            let lease = try await store.lease(
                kinds: handlers.keys.sorted(), limit: count, for: pace.leaseDuration, maximumFailures: pace.maximumAttempts, in: pool
            )
            unreadable.ended()
            for message in lease.givenUp {
                logger.error(
                    "A message of the outbox was given up: its deliveries ended without an outcome.",
                    metadata: ["outbox_id": "\(message.id)", "outbox_kind": "\(message.kind)"]
                )
                countDelivery(message, "given_up")
            }
            return lease.messages
        } catch {
            unreadable.happened(logger, ["error": "\(error)"])
            return []
        }
    }

    private func deliver(_ message: OutboxMessage) async -> Event {
        guard let handler = handlers[message.kind] else { return .delivered }
        var logger = logger
        logger[metadataKey: "outbox_id"] = "\(message.id)"
        logger[metadataKey: "outbox_kind"] = "\(message.kind)"
        logger[metadataKey: "attempt"] = "\(message.attempts)"
        let (outcome, hasFailed) = await attempt(message, by: handler, logger: logger)
        do {
            switch outcome {
            case .done:
                try await store.settle(message, in: pool)
            case .again(let after, let reason):
                // At least half of the pause, and the rest by chance, so that deliveries which failed together aren't tried again together.
                let pause = hasFailed ? after : after * Double.random(in: 0.5...1)
                try await store.postpone(message, by: pause, reason: reason, hasFailed: hasFailed, in: pool)
            case .waiting(let time, let reason):
                try await store.postpone(message, by: time, reason: reason, hasFailed: false, in: pool)
            case .givenUp(let reason):
                logger.error("A message of the outbox was given up.", metadata: ["reason": "\(reason)"])
                try await store.giveUp(message, reason: reason, in: pool)
            }
            countDelivery(message, outcome.label)
        } catch {
            // The lease runs out, and the message comes again with one more failure. The receiver recognises the repetition.
            logger.warning("The outcome of a delivery could not be recorded.", metadata: ["error": "\(error)"])
        }
        return .delivered
    }

    private func attempt(
        _ message: OutboxMessage, by handler: any OutboxHandler, logger: Logger
    ) async -> (outcome: OutboxDelivery, hasFailed: Bool) {
        do {
            let limit = handler.timeLimit ?? pace.deliveryLimit
            if limit > pace.deliveryLimit { try await store.extend(message, by: limit - pace.deliveryLimit, in: pool) }
            return (try await withTimeLimit(limit) { try await handler.deliver(message) }, false)
        } catch {
            // Only the type is recorded, because an error's text may hold a signed URL or a person's data.
            let reason = "\(type(of: error))"
            logger.warning("A delivery failed.", metadata: ["error_type": "\(reason)"])
            let failures = message.failures + 1
            guard failures < pace.maximumAttempts else { return (.givenUp(reason: "\(failures) attempts failed: \(reason)"), true) }
            return (.again(after: pace.pause(afterAttempts: failures, chance: Double.random(in: 0...1)), reason: reason), true)
        }
    }

    private func countDelivery(_ message: OutboxMessage, _ outcome: String) {
        Counter(label: "piao_outbox_deliveries_total", dimensions: [("kind", message.kind), ("outcome", outcome)]).increment()
    }

    private func measure() async -> Event {
        if let backlog = try? await store.backlog(in: pool) {
            Gauge(label: "piao_outbox_due_messages").record(backlog.due)
            Gauge(label: "piao_outbox_oldest_due_age_seconds").record(backlog.oldestDueAge)
            for kind in Set(handlers.keys).union(backlog.oldestAgeByKind.keys) {
                Gauge(label: "piao_outbox_oldest_age_seconds", dimensions: [("kind", kind)]).record(backlog.oldestAgeByKind[kind] ?? 0)
            }
            for kind in Set(handlers.keys).union(backlog.deadByKind.keys) {
                Gauge(label: "piao_outbox_dead_messages", dimensions: [("kind", kind)]).record(backlog.deadByKind[kind] ?? 0)
            }
        }
        return .measured
    }
}

extension OutboxDelivery {
    /// The outcome as a label of a metric.
    fileprivate var label: String {
        switch self {
        case .done: "done"
        case .again: "again"
        case .waiting: "waiting"
        case .givenUp: "given_up"
        }
    }
}
