package import Database
import Metrics
import ServiceLifecycle

/// Measures how many differences nobody has resolved. Runs in every process, so that none shows a number that was true when it still had a lease.
package struct ReconciliationMeter: Service {
    private let pool: PostgresPool
    private let interval: Duration
    private let store = DifferenceStore()

    package init(pool: PostgresPool, interval: Duration = .seconds(15)) {
        self.pool = pool
        self.interval = interval
    }

    /// Measures until the service shuts down.
    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            if let unresolved = try? await store.unresolved(in: pool) {
                Gauge(label: "piao_reconciliation_unresolved_differences").record(unresolved)
            }
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: interval)
            }
        }
    }
}
