package import Database
import Metrics
import ServiceLifecycle

/// Measures how many differences nobody has resolved. It runs in every process. A process that measured only while it held a lease would
/// later show an old number.
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
