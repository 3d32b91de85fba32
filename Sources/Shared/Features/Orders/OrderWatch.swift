import Callers
package import Database
package import Foundation
package import Logging
import ServiceLifecycle
import Synchronization

/// Tells those who wait for an order how far it has got.
///
/// While somebody waits, all the orders that are waited for are read by their primary keys, twice a second. So it doesn't matter which process
/// changes an order, and what many wait for costs as much as the orders that they wait for.
package final class OrderWatch: Service {
    package typealias Tell = @Sendable (OrderProgress) -> Void

    private struct State {
        var watchers: [Int: (orderID: UUID, tell: Tell)] = [:]
        var lastNumber = 0
    }

    private let pool: PostgresPool
    private let logger: Logger
    private let store = OrderProgressStore()
    private let state = Mutex(State())

    private static let interval: Duration = .milliseconds(500)
    /// How many orders one query reads.
    private static let batchLimit = 500

    package init(pool: PostgresPool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// How many watch an order.
    package var count: Int { state.withLock { $0.watchers.count } }

    /// How far an order has got.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func progress(of id: UUID, scope: OrderScope) async throws -> OrderProgress {
        guard let progress = try await store.progress(of: id, scope: scope, in: pool) else { throw Refusal.notFound }
        return progress
    }

    /// Calls `tell` with how far an order has got, again and again, until ``unwatch(_:)``. It must be quick.
    ///
    /// - Returns: the watcher's number.
    package func watch(_ id: UUID, tell: @escaping Tell) -> Int {
        state.withLock { state in
            state.lastNumber += 1
            state.watchers[state.lastNumber] = (id, tell)
            return state.lastNumber
        }
    }

    package func unwatch(_ number: Int) {
        state.withLock { $0.watchers[number] = nil }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var hasFailed = false
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                do {
                    try await self.look()
                    if hasFailed { self.logger.info("Orders that somebody waits for are read again") }
                    hasFailed = false
                } catch {
                    if !hasFailed, !Task.isCancelled {
                        self.logger.warning(
                            "Orders that somebody waits for can't be read", metadata: ["error": "\(String(reflecting: error))"])
                    }
                    hasFailed = true
                }
            }
        }
    }

    private func look() async throws {
        let watchers = Dictionary(grouping: state.withLock { Array($0.watchers.values) }, by: \.orderID)
        var ids = Array(watchers.keys)[...]
        while !ids.isEmpty {
            let batch = ids.prefix(Self.batchLimit)
            ids = ids.dropFirst(batch.count)
            for progress in try await store.progress(of: Array(batch), in: pool) {
                for watcher in watchers[progress.id] ?? [] { watcher.tell(progress) }
            }
        }
    }
}
