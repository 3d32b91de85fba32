import Metrics

/// What event streams tell the monitoring.
struct EventStreamMetrics: Sendable {
    private let open = Gauge(label: "piao_event_streams")
    private let refusals = Counter(label: "piao_event_streams_refused")
    private let cuts = Counter(label: "piao_event_streams_cut_off")

    func record(open count: Int) { open.record(count) }
    func refused() { refusals.increment() }
    func cutOff(_ count: Int) { if count > 0 { cuts.increment(by: count) } }
}
