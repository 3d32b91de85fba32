import Metrics

/// The metrics of a lane.
struct LaneMetrics: Sendable {
    private let waiting: Gauge
    private let batches: Counter
    private let requests: Counter
    private let failures: Counter
    private let refusals: Counter

    /// - Parameters:
    ///   - name: the kind of work.
    ///   - index: the number of the lane among those of that kind. Counters are shared by all lanes of the kind.
    init(name: String, index: Int) {
        let dimensions = [("lane", name)]
        waiting = Gauge(label: "piao_lane_waiting_requests", dimensions: dimensions + [("index", String(index))])
        batches = Counter(label: "piao_lane_batches_total", dimensions: dimensions)
        requests = Counter(label: "piao_lane_requests_total", dimensions: dimensions)
        failures = Counter(label: "piao_lane_failed_batches_total", dimensions: dimensions)
        refusals = Counter(label: "piao_lane_refusals_total", dimensions: dimensions)
    }

    /// Records that a batch leaves the queue.
    func left(_ batchSize: Int) {
        batches.increment()
        requests.increment(by: batchSize)
    }

    /// Records how many requests wait now.
    func waits(_ count: Int) { waiting.record(count) }

    func failed() { failures.increment() }
    /// Counts a request that found the lane full, or waited too long.
    func refused() { refusals.increment() }
}
