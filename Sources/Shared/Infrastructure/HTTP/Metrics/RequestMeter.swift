import CoreMetrics
import Synchronization
import Waiting

/// Measures requests: how many and how long, by route template, method and status.
struct RequestMeter: Sendable {
    private static let requests = "piao_http_requests_total"
    private static let duration = "piao_http_request_duration_seconds"
    /// For requests that no endpoint took.
    private let elsewhere: RouteMeter

    init(registry: PrometheusRegistry) {
        elsewhere = RouteMeter(method: "any", route: "none", registry: registry)
    }

    func record(_ routed: RoutedEndpoint?, status: Int, duration: Duration) {
        (routed?.meter ?? elsewhere).record(status: status, duration: duration)
    }

    /// The series of one endpoint, looked up once.
    final class RouteMeter: Sendable {
        private let method: String
        private let route: String
        private let registry: PrometheusRegistry
        private let durations: any TimerHandler
        private let counters = Mutex<[Int: any CounterHandler]>([:])

        init(method: String, route: String, registry: PrometheusRegistry) {
            self.method = method
            self.route = route
            self.registry = registry
            durations = registry.makeTimer(label: RequestMeter.duration, dimensions: [("method", method), ("route", route)])
        }

        func record(status: Int, duration: Duration) {
            durations.recordNanoseconds(duration.nanoseconds)
            let counter = counters.withLock { counters in
                if let counter = counters[status] { return counter }
                let counter = registry.makeCounter(
                    label: RequestMeter.requests, dimensions: [("method", method), ("route", route), ("status", String(status))])
                counters[status] = counter
                return counter
            }
            counter.increment(by: 1)
        }
    }
}
