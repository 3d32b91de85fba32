import CoreMetrics
import Synchronization

/// A series that writes its own text.
protocol PrometheusMetric: AnyObject, Sendable {
    /// - Parameter labels: without braces; empty where there are none.
    func write(name: String, labels: String, to text: inout String)
}

extension PrometheusMetric {
    func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }
}

/// A number that only grows.
final class PrometheusCounter: CounterHandler, PrometheusMetric {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        value.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func write(name: String, labels: String, to text: inout String) {
        text += line(name, labels, String(value.load(ordering: .relaxed)))
    }
}

/// A number with a fraction that only grows.
final class PrometheusFloatingCounter: FloatingPointCounterHandler, PrometheusMetric {
    private let value = Mutex(0.0)

    func increment(by amount: Double) {
        value.withLock { $0 += amount }
    }

    func reset() {
        value.withLock { $0 = 0 }
    }

    func write(name: String, labels: String, to text: inout String) {
        text += line(name, labels, "\(value.withLock { $0 })")
    }
}

/// A number that goes up and down.
final class PrometheusGauge: MeterHandler, RecorderHandler, PrometheusMetric {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { self.value.withLock { $0 = Double(value) } }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(name: String, labels: String, to text: inout String) {
        text += line(name, labels, "\(value.withLock { $0 })")
    }
}

/// How many values were at most each bound.
final class PrometheusHistogram: TimerHandler, RecorderHandler, PrometheusMetric {
    private struct State {
        var counts: [Int]
        var sum = 0.0
        var count = 0
    }

    private let buckets: [Double]
    private let state: Mutex<State>

    /// - Parameter buckets: upper bounds, ascending; infinity is added.
    init(buckets: [Double]) {
        self.buckets = buckets
        state = Mutex(State(counts: Array(repeating: 0, count: buckets.count)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = buckets.firstIndex { value <= $0 }
        state.withLock { state in
            if let bucket { state.counts[bucket] += 1 }
            state.sum += value
            state.count += 1
        }
    }

    func write(name: String, labels: String, to text: inout String) {
        let state = state.withLock { $0 }
        let comma = labels.isEmpty ? "" : ","
        var sum = 0
        for (bound, count) in zip(buckets, state.counts) {
            sum += count
            text += line("\(name)_bucket", "\(labels)\(comma)le=\"\(bound)\"", String(sum))
        }
        text += line("\(name)_bucket", "\(labels)\(comma)le=\"+Inf\"", String(state.count))
        text += line("\(name)_sum", labels, "\(state.sum)")
        text += line("\(name)_count", labels, String(state.count))
    }
}
