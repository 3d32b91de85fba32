package import CoreMetrics
import Synchronization

/// The metrics of this process, and their text in Prometheus' format 0.0.4.
///
/// As the factory of swift-metrics it receives the metrics of all targets: counters become `…_total`, timers histograms in seconds, meters
/// and
/// recorders gauges (aggregating recorders histograms).
package final class PrometheusRegistry: MetricsFactory, Sendable {
    /// The highest number of series in one family. More come from a label without bounds, and are not counted.
    static let maximumSeries = 1_000
    /// Seconds.
    static let durationBuckets: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Family {
        let kind: MetricKind
        var series: [(labels: String, metric: any PrometheusMetric)] = []
        var index: [String: Int] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
    }

    private let state = Mutex(State())

    /// Knows what the metrics of HTTP show.
    package init() {
        describe(HTTPMetrics.all)
    }

    /// Says what metrics show, for their HELP lines.
    package func describe(_ metrics: [MetricDeclaration]) {
        state.withLock { state in
            for metric in metrics { state.help[metric.name] = metric.help }
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, dimensions) { PrometheusCounter() }
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        series(label, .counter, dimensions) { PrometheusFloatingCounter() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, dimensions) { PrometheusGauge() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            series(label, .histogram, dimensions) { PrometheusHistogram(buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]) }
        } else {
            series(label, .gauge, dimensions) { PrometheusGauge() }
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, .timer, dimensions) { PrometheusHistogram(buckets: Self.durationBuckets) }
    }

    // A metric lives as long as the process, because a series that vanished would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The series of a family with these labels, which is made on its first use. A series is not shown when its name belongs to another
    /// kind, or when the family is full.
    private func series<Metric: PrometheusMetric>(
        _ label: String, _ kind: MetricKind, _ dimensions: [(String, String)], _ make: () -> Metric
    ) -> Metric {
        let name = MetricName.name(label, kind)
        let labels = MetricName.labels(dimensions)
        return state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind)
            if let index = family.index[labels], let metric = family.series[index].metric as? Metric { return metric }
            let metric = make()
            guard family.kind == kind, family.index[labels] == nil, family.series.count < Self.maximumSeries else { return metric }
            family.index[labels] = family.series.count
            family.series.append((labels, metric))
            state.families[name] = family
            return metric
        }
    }

    /// Everything measured so far.
    package func text() -> String {
        let state = state.withLock { $0 }
        var text = ""
        for (name, family) in state.families.sorted(by: { $0.key < $1.key }) {
            let help = state.help[name] ?? MetricName.defaultHelp(name, family.kind)
            text += "# HELP \(name) \(MetricName.escapedHelp(help))\n# TYPE \(name) \(family.kind.typeName)\n"
            for series in family.series.sorted(by: { $0.labels < $1.labels }) {
                series.metric.write(name: name, labels: series.labels, to: &text)
            }
        }
        return text
    }
}
