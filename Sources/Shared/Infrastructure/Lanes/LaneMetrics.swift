import Metrics

/// What a lane tells the monitoring.
struct LaneMetrics: Sendable {
    private let waiting: Gauge
    private let batches: Counter
    private let requests: Counter
    private let failures: Counter
    private let refusals: Counter

    /// - Parameters:
    ///   - name: of the kind of work.
    ///   - index: of the lane among those of that kind. What is counted is counted for all of them together.
    init(name: String, index: Int) {
        let dimensions = [("lane", name)]
        waiting = Gauge(label: "piao_lane_waiting_requests", dimensions: dimensions + [("index", String(index))])
        batches = Counter(label: "piao_lane_batches_total", dimensions: dimensions)
        requests = Counter(label: "piao_lane_requests_total", dimensions: dimensions)
        failures = Counter(label: "piao_lane_failed_batches_total", dimensions: dimensions)
        refusals = Counter(label: "piao_lane_refusals_total", dimensions: dimensions)
    }

    /// A batch leaves.
    func left(_ batchSize: Int) {
        batches.increment()
        requests.increment(by: batchSize)
    }

    /// So many wait for their turn now.
    func waits(_ count: Int) { waiting.record(count) }

    func failed() { failures.increment() }
    /// Somebody found the lane full, or waited for too long.
    func refused() { refusals.increment() }
}
