import Callers
import Text

/// The endpoints for operators and tools, which every service has.
struct OperationsEndpoints: Sendable {
    let readiness: Readiness
    let registry: PrometheusRegistry
    /// The text of the OpenAPI document.
    let openAPI: @Sendable () -> String

    /// The length of an answer with which the speed of other answers is compared; 0 for none.
    var sampleBytes = 0

    var all: [Endpoint] { [livez, readyz, metrics, document] + (sampleBytes > 0 ? [sample] : []) }

    /// The endpoints at the service's own address, when operators have a separate one.
    var forEverybody: [Endpoint] { [livez] + (sampleBytes > 0 ? [sample] : []) }

    /// The endpoints at the operators' own address.
    var forOperators: [Endpoint] { [livez, readyz, metrics, document] }

    static let health = Shape<String>("Health", .text("status", "`ok`, or `ready`.", example: "ok") { $0 })

    var livez: Endpoint {
        Endpoint(
            .get, "/livez", "Says that the process runs; looks at nothing else.",
            name: "checkLiveness", access: .open, rateLimit: .exempt,
            answers: .ok(Self.health)
        ) { _ in .ok("ok") }
    }

    var readyz: Endpoint {
        Endpoint(
            .get, "/readyz", "Says whether the service can serve: its database answers and has the schema it needs.",
            name: "checkReadiness", access: .open,
            rateLimit: .exempt, answers: .ok(Self.health),
            refusals: [Refusal(.unavailable(retryAfter: 1), "not_ready")]
        ) { _ in
            let failed = await readiness.failed()
            guard failed.isEmpty else {
                throw Problem.notReady.with("failed", .array(failed.map { .string($0) }))
            }
            return .ok("ready")
        }
    }

    var metrics: Endpoint {
        Endpoint(
            .get, "/metrics", "Gives the metrics in Prometheus' text format.",
            name: "readMetrics", access: .open, rateLimit: .exempt,
            answers: .plain(contentType: "text/plain; version=0.0.4; charset=utf-8")
        ) { _ in .plain(registry.text()) }
    }

    private var sample: Endpoint {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: sampleBytes)
        // It is counted, limited and logged like the answers that are compared with it.
        return Endpoint(.get, "/sample", "Gives a sample.", access: .open, answers: .plain) { _ in .plain(body) }
    }

    var document: Endpoint {
        Endpoint(
            .get, "/openapi.json", "Describes this API as OpenAPI 3.1.",
            name: "readOpenApi", access: .open, rateLimit: .exempt,
            answers: .plain(contentType: "application/json")
        ) { _ in .plain(openAPI()) }
    }
}
