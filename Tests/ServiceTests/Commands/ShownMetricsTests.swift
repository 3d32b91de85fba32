import Assembly
import HTTP
import NIOHTTP1
import TestSupport
import Testing

@Suite("What operators read at /metrics", .inTurn)
struct ShownMetricsTests {
    @Test(
        "A running service shows declared metrics alone, with their help, type and labels",
        arguments: ["ClientService", "CinemaService", "AdminService"])
    func declared(program: String) async throws {
        let known = Dictionary(uniqueKeysWithValues: ServiceMetrics.all.map { ($0.name, $0) })
        try await TestDatabase.with(.current) { database in
            let environment = try Platform.environment(databaseURL: database.url)
            try await RunningService.with(1, of: program, environment) { services in
                // The backlog of the outbox is measured as soon as the jobs run.
                let text = try await eventually {
                    let body = try await services[0].ask(.GET, "/metrics").body
                    return body.contains("piao_outbox_due_messages") ? body : nil
                }
                var metric: MetricDeclaration?
                for line in text.split(separator: "\n") {
                    if let help = line.wholeMatch(of: /# HELP (\w+) (.*)/) {
                        metric = known[String(help.output.1)]
                        #expect(metric?.help == String(help.output.2), "\(line)")
                    } else if let type = line.wholeMatch(of: /# TYPE \w+ (\w+)/) {
                        #expect(metric?.kind.typeName == String(type.output.1), "\(line)")
                    } else {
                        let labels = Set(line.matches(of: /[{,](\w+)="/).map { String($0.output.1) }).subtracting(["le"])
                        #expect(labels == Set(metric?.labels ?? []), "\(line)")
                    }
                }
                for name in ["piao_http_requests_total", "piao_database_connections", "piao_lane_waiting_requests"] {
                    #expect(text.contains("\n\(name){"), "\(name)")
                }
            }
        }
    }
}
