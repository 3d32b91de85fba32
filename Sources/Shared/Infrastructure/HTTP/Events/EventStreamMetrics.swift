import Metrics

/// The metrics of event streams.
struct EventStreamMetrics: Sendable {
    private let open = Gauge(label: "piao_event_streams")
    private let refusals = Counter(label: "piao_event_streams_refused_total")

    func record(open count: Int) { open.record(count) }
    func refused() { refusals.increment() }
}
