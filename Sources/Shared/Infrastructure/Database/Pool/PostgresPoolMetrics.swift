import Metrics
import Waiting

/// The metrics of a pool.
struct PostgresPoolMetrics: Sendable {
    private let idle: Gauge
    private let leased: Gauge
    private let connecting: Gauge
    private let waiting: Gauge
    private let wait: Timer
    private let lease: Timer
    private let connectFailures: Counter
    private let refusals: Counter
    private let retries: Counter
    private let unknownCommits: Counter

    init() {
        idle = Gauge(label: "piao_database_connections", dimensions: [("state", "idle")])
        leased = Gauge(label: "piao_database_connections", dimensions: [("state", "leased")])
        connecting = Gauge(label: "piao_database_connections", dimensions: [("state", "connecting")])
        waiting = Gauge(label: "piao_database_lease_waiters")
        wait = Timer(label: "piao_database_lease_wait_seconds")
        lease = Timer(label: "piao_database_lease_seconds")
        connectFailures = Counter(label: "piao_database_connect_failures_total")
        refusals = Counter(label: "piao_database_lease_refusals_total")
        retries = Counter(label: "piao_database_transaction_retries_total")
        unknownCommits = Counter(label: "piao_database_commits_unknown_total")
    }

    func record(_ state: PostgresPoolState) {
        idle.record(state.idleCount)
        leased.record(state.leasedCount)
        connecting.record(state.connectingCount)
        waiting.record(state.waiterCount)
    }

    func waited(_ duration: Duration) { wait.recordNanoseconds(duration.nanoseconds) }
    func held(_ duration: Duration) { lease.recordNanoseconds(duration.nanoseconds) }
    func connectFailed() { connectFailures.increment() }
    func refused() { refusals.increment() }
    func retried() { retries.increment() }
    func commitUnknown() { unknownCommits.increment() }
}
