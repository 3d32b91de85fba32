/// What a metric shows, for its HELP line at `/metrics` and for docs/metrics.md.
package struct MetricDeclaration: Hashable, Sendable {
    package let kind: MetricKind
    /// As Prometheus shows it; a timer's series add `_bucket`, `_sum` and `_count`.
    package let name: String
    /// The labels that tell its series apart.
    package let labels: [String]
    /// A sentence for an operator.
    package let help: String

    package init(_ kind: MetricKind, _ name: String, by labels: String..., help: String) {
        self.kind = kind
        self.name = name
        self.labels = labels
        self.help = help
    }
}

/// The metrics of the server and of the log.
package enum HTTPMetrics {
    package static let all = [
        MetricDeclaration(
            .counter, "piao_http_requests_total", by: "method", "route", "status",
            help: "Requests answered; `route` is the path as it is declared, `none` where no call took the request."),
        MetricDeclaration(
            .timer, "piao_http_request_duration_seconds", by: "method", "route", help: "Seconds from a request's head to its answer."),
        MetricDeclaration(
            .counter, "piao_connections_surplus_total", by: "reason",
            help: "Connections beyond the limit: of the service (`all`) or of one client's address (`address`)."),
        MetricDeclaration(
            .counter, "piao_connections_cut_off_total",
            help: "Connections closed at once, because their clients took nothing of what was sent, or didn't end in time."),
        MetricDeclaration(
            .counter, "piao_accept_failures_total",
            help: "Times that no connection could be accepted, since descriptors or memory ran out; accepting pauses then."),
        MetricDeclaration(.gauge, "piao_event_streams", help: "Event streams that are open."),
        MetricDeclaration(.counter, "piao_event_streams_refused_total", help: "Event streams refused, since as many were open as may be."),
        MetricDeclaration(
            .counter, "piao_answers_from_memory_total", help: "Answers, of those that are the same for everybody, given from memory."),
        MetricDeclaration(
            .counter, "piao_answer_readings_total", help: "Answers, of those that are the same for everybody, made anew."),
        MetricDeclaration(
            .counter, "piao_log_lines_dropped_total", help: "Lines of the log lost, since they came faster than they could be written."),
        MetricDeclaration(.counter, "piao_log_stalls_total", help: "Times that the log's reader took nothing for a second."),
    ]
}
