import Callers
import CoreMetrics
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing
import Text
import UnixSignals
import Waiting

@testable import HTTP

@Suite("What operators see")
struct OperationsTests {
    @Test("Liveness asks nothing; readiness names the checks that fail")
    func probes() async throws {
        struct Down: Error {}
        for (checks, status) in [
            ([ReadinessCheck("database") {}], 200), ([ReadinessCheck("database") {}, ReadinessCheck("schema") { throw Down() }], 503),
        ] {
            let application = HTTPApplication(
                name: "example", endpoints: [], authenticator: ExampleAuthenticator(), problems: NoMapping(), readiness: checks,
                rateLimits: .off, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await application.build().test(.router) { client in
                #expect(try await client.send(.get, "/livez").status == .ok)
                let ready = try await client.send(.get, "/readyz")
                #expect(ready.status.code == status)
                #expect(ready.json["failed"] == (status == 503 ? ["schema"] : nil))
            }
        }
    }

    @Test("A request that fails while the service lacks something may be tried again; later the same failure is our defect")
    func notReady() async throws {
        struct Down: Error {}
        let broken = Endpoint(.get, "/v1/broken", "Fails.", access: .open, answers: .ok(OperationsEndpoints.health)) { _ in throw Down() }
        let refusing = Endpoint(.get, "/v1/refusing", "Refuses.", access: .open, answers: .ok(OperationsEndpoints.health)) { _ in
            throw Problem.notFound
        }
        for (isUp, status, code) in [(false, 503, "not_ready"), (true, 500, "internal_error")] {
            let application = HTTPApplication(
                name: "example", endpoints: [broken, refusing], authenticator: ExampleAuthenticator(), problems: NoMapping(),
                readiness: [ReadinessCheck("schema") { if !isUp { throw Down() } }], rateLimits: .off,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await application.build().test(.router) { client in
                let answer = try await client.send(.get, "/v1/broken")
                #expect(answer.status.code == status && answer.code == code)
                #expect((answer.headers[.retryAfter] != nil) == !isUp)
                #expect(try await client.send(.get, "/v1/refusing").status == .notFound, "What an endpoint says itself has its reason.")
            }
        }
    }

    @Test("A check that hangs counts as failed", .inTurn)
    func hangingCheck() async {
        let check = ReadinessCheck("database") { try await hang() }
        let readiness = Readiness([check], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(await readiness.failed() == ["database"])
    }

    @Test(
        "Readiness answers though a check neither ends nor heeds its cancellation, which is then not begun again before it has ended",
        .inTurn)
    func deafCheck() async {
        let runs = Tally()
        let hangs = FirstOutcome<Void>()
        let letGo = Atomic(false)
        let check = ReadinessCheck("database") {
            runs.add()
            if !letGo.load(ordering: .acquiring) { await hangs.value() }
        }
        let readiness = Readiness([check], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for _ in 0..<3 { #expect(await readiness.failed() == ["database"]) }
        #expect(runs.count == 1)
        letGo.store(true, ordering: .releasing)
        hangs.give(())
        await readiness.passed()
        #expect(await readiness.failed().isEmpty)
        #expect(runs.count == 2)
    }

    @Test("A service that was given begins once the checks pass, and hears of the end before too", .inTurn)
    func afterReadiness() async throws {
        struct Down: Error {}
        struct Job: Service {
            let began: Tally
            func run() async throws { began.add() }
        }
        let began = Tally()
        let isUp = Atomic(false)
        let check = ReadinessCheck("database") { if !isUp.load(ordering: .acquiring) { throw Down() } }
        let readiness = Readiness([check], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let job = AfterReadiness(service: Job(began: began), readiness: readiness)
        let running = Task { try await job.run() }
        #expect(await readiness.failed() == ["database"])
        #expect(began.count == 0)
        isUp.store(true, ordering: .releasing)
        try await running.value
        #expect(began.count == 1)
        isUp.store(false, ordering: .releasing)
        try await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            try await job.run()
        }
        #expect(began.count == 2)
    }

    @Test("The log's level may change while loggers are in use, but for those that have one of their own")
    func logThreshold() {
        let threshold = LogThreshold(.info)
        let sink = LogSink(output: { _ in })
        let logger = Logger(label: "test") { StructuredLogHandler(label: $0, threshold: threshold, format: .text, sink: sink) }
        var own = logger
        own.logLevel = .critical
        #expect(logger.logLevel == .info)
        for level in Logger.Level.allCases {
            threshold.level = level
            #expect(logger.logLevel == level)
            #expect(own.logLevel == .critical)
        }
    }

    @Test("A caller that comes while a check is under way waits for its end, even when the first caller is cancelled", .inTurn)
    func oneRound() async throws {
        let (began, letGo) = (Latch(), Latch())
        let (runs, asking) = (Tally(), Tally())
        let check = ReadinessCheck("database") {
            runs.add()
            began.open()
            await letGo.wait()
            try Task.checkCancellation()
        }
        // However late somebody of them asks, it is one round.
        let readiness = Readiness(
            [check], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, patience: Patience.limit, lifetime: Patience.limit)
        let first = Task { await readiness.failed() }
        await began.wait()
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<10 {
                group.addTask {
                    asking.add()
                    return await readiness.failed()
                }
            }
            try await until { asking.count == 10 }
            first.cancel()
            letGo.open()
            for try await failed in group { #expect(failed.isEmpty) }
        }
        #expect(runs.count == 1)
    }

    @Test("Metrics are Prometheus text, by route template and never by the path that came")
    func metrics() async throws {
        try await ExampleService.with { client in
            _ = try await client.send(.get, "/v1/films/7")
            _ = try await client.send(.get, "/v1/secret-path")
            let answer = try await client.send(.get, "/metrics")
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.text.contains(#"piao_http_requests_total{method="GET",route="/v1/films/{id}",status="404"} 1"#))
            #expect(answer.text.contains(#"piao_http_requests_total{method="any",route="none",status="404"} 1"#))
            #expect(answer.text.contains("# TYPE piao_http_request_duration_seconds histogram"))
            #expect(!answer.text.contains("secret-path"))
        }
    }

    @Test("Every kind of metric is written with help and type, escaped, and cumulative in its buckets")
    func registry() {
        let registry = PrometheusRegistry()
        registry.describe([MetricDeclaration(.counter, "orders_paid_total", help: "Orders \\ paid\nso far.")])
        registry.makeCounter(label: "orders.paid", dimensions: [("by", "a\"b\\c\n")]).increment(by: 3)
        registry.makeTimer(label: "query", dimensions: []).recordNanoseconds(20_000_000)
        registry.makeMeter(label: "pool.open", dimensions: []).set(Int64(4))
        registry.makeRecorder(label: "batch", dimensions: [], aggregate: true).record(Int64(3))
        let text = registry.text()
        #expect(text.contains("# HELP orders_paid_total Orders \\\\ paid\\nso far.\n# TYPE orders_paid_total counter\n"))
        #expect(text.contains(#"orders_paid_total{by="a\"b\\c\n"} 3"#))
        #expect(text.contains("query_seconds_bucket{le=\"0.01\"} 0\nquery_seconds_bucket{le=\"0.025\"} 1\n"))
        #expect(text.contains("query_seconds_bucket{le=\"+Inf\"} 1\nquery_seconds_sum 0.02\nquery_seconds_count 1\n"))
        #expect(text.contains("# TYPE pool_open gauge\npool_open 4.0\n"))
        #expect(text.contains("# TYPE batch histogram\n"))
    }

    @Test("A family never has more series than its bound")
    func bound() {
        let registry = PrometheusRegistry()
        for id in 0..<2_000 { registry.makeCounter(label: "calls", dimensions: [("id", "\(id)")]).increment(by: 1) }
        #expect(registry.text().split(separator: "\n").count == 2 + PrometheusRegistry.maximumSeries)
    }

    @Test("The access log tells the account and the block of addresses, and no address of its own")
    func accessLogCaller() async throws {
        let lines = Mutex("")
        let sink = LogSink(output: { bytes in lines.withLock { $0 += String(decoding: bytes, as: UTF8.self) } })
        var configuration = HTTPConfiguration()
        configuration.trustedProxies = [try #require(NetworkRange("127.0.0.1"))]
        let logger = Logger(label: "test") { StructuredLogHandler(label: $0, level: .info, format: .json, sink: sink) }
        try await ServedExample.with(FilmEndpoints().all, configuration, logger: logger) { port in
            for token in ["may-2", "nobody"] {
                _ = try await RawClient.exchange(
                    "POST /v1/films HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: 2001:db8::7:7\r\n"
                        + "Authorization: Bearer \(token)\r\nContent-Length: 0\r\n\r\n", port: port)
            }
        }
        sink.flush(within: .seconds(60))
        let answered = lines.withLock(\.self).split(separator: "\n").filter { $0.contains("Request answered") }
        #expect(answered.count == 2 && answered.allSatisfy { $0.contains(#""address":"2001:db8:0:0::/64""#) && !$0.contains("7:7") })
        #expect(answered.map { $0.contains(#""account":"42""#) } == [true, false])
    }

    @Test("The access log holds route, status and request id, and neither token, query nor body")
    func accessLog() async throws {
        let lines = Mutex("")
        let sink = LogSink(output: { bytes in lines.withLock { $0 += String(decoding: bytes, as: UTF8.self) } })
        let application = HTTPApplication(
            name: "example", endpoints: FilmEndpoints().all, authenticator: ExampleAuthenticator(), problems: NoMapping(),
            rateLimits: .off, logger: Logger(label: "test") { StructuredLogHandler(label: $0, level: .info, format: .json, sink: sink) })
        try await application.build().test(.router) { client in
            let id = try #require(HTTPField.Name("X-Request-Id"))
            _ = try await client.send(
                .post, "/v1/films?secretquery=1", token: "may-2", json: #"{"title":"secretbody"}"#, headers: [id: "abc-1"])
        }
        sink.flush(within: .seconds(60))
        let text = lines.withLock { $0 }
        #expect(text.contains(#""request_id":"abc-1""#) && text.contains(#""route":"/v1/films""#) && text.contains(#""status":"400""#))
        #expect(!text.contains("may-2") && !text.contains("secretquery") && !text.contains("secretbody"))
    }

    @Test("Text from outside can't begin a line of the log")
    func logInjection() {
        let lines = Mutex("")
        let sink = LogSink(output: { bytes in lines.withLock { $0 += String(decoding: bytes, as: UTF8.self) } })
        for format in LogFormat.allCases {
            let logger = Logger(label: "test") { StructuredLogHandler(label: $0, level: .info, format: format, sink: sink) }
            logger.info("Signed in", metadata: ["who": "a\nINFO forged"])
        }
        sink.flush(within: .seconds(60))
        #expect(lines.withLock { $0 }.split(separator: "\n").count == 2)
    }

    @Test("Log lines of a moment are written together, in their order")
    func logMoments() async {
        let writes = Mutex([String]())
        let sink = LogSink { bytes in writes.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
        let time = await elapsed {
            for number in 0..<2_000 { sink.write(Array("\(number)\n".utf8)) }
            sink.flush(within: .seconds(60))
        }
        let all = writes.withLock { $0 }
        #expect(time >= .milliseconds(10) * (all.count - 2), "A moment is ten milliseconds.")
        #expect(all.joined() == (0..<2_000).map { "\($0)\n" }.joined())
    }

    @Test("A log that nobody reads doesn't hold up the end", .inTurn)
    func stuckLog() async throws {
        let (began, letGo) = (Latch(), Latch())
        let sink = LogSink { _ in
            began.open()
            while !letGo.isOpen { usleep(1_000) }
        }
        sink.write(Array("one\n".utf8))
        await began.wait()
        #expect(!sink.flush(within: .milliseconds(10)), "Nobody has read it.")
        letGo.open()
        #expect(sink.flush(within: .seconds(60)))
    }

    @Test("Lines that can't be written don't end the process, and neither hold up the next")
    func brokenLog() {
        struct Gone: Error {}
        let isGone = Mutex(true)
        let lines = Mutex("")
        let sink = LogSink { bytes in
            if isGone.withLock(\.self) { throw Gone() }
            lines.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
        }
        sink.write(Array("one\n".utf8))
        #expect(sink.flush(within: .seconds(60)))
        isGone.withLock { $0 = false }
        sink.write(Array("two\n".utf8))
        #expect(sink.flush(within: .seconds(60)))
        #expect(lines.withLock(\.self) == "two\n")
    }

    @Test("With a separate port for operators, their endpoints are only there; liveness is answered at both ports")
    func operationsPort() async throws {
        var configuration = HTTPConfiguration()
        configuration.port = 0
        configuration.operationsPort = 0
        configuration.allowedOrigins = Set(["http://localhost:5173"].compactMap { WebOrigin($0) })
        let application = HTTPApplication(
            name: "example", endpoints: FilmEndpoints().all, authenticator: ExampleAuthenticator(), problems: NoMapping(),
            configuration: configuration, rateLimits: .off, logger: ServedExample.silent)
        let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let (operationsPorts, operationsPort) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await application.run(
                    notifier: SystemNotifier(environment: [:]), signals: signals, onListening: { port.yield($0) },
                    onOperationsListening: { operationsPort.yield($0) })
            }
            defer { signal.yield(.sigterm) }
            let own = try #require(await ports.first { _ in true })
            let operators = try #require(await operationsPorts.first { _ in true })
            for (path, atOwn, atOperators) in [
                ("/livez", 200, 200), ("/readyz", 404, 200), ("/metrics", 404, 200), ("/openapi.json", 404, 200), ("/v1/films", 200, 404),
            ] {
                #expect(try await RawClient.get(path, port: own).hasPrefix("HTTP/1.1 \(atOwn)"), "\(path)")
                #expect(try await RawClient.get(path, port: operators).hasPrefix("HTTP/1.1 \(atOperators)"), "\(path)")
            }
            // What operators ask is for no web page.
            for (port, isAllowed) in [(own, true), (operators, false)] {
                let livez = "GET /livez HTTP/1.1\r\nHost: a\r\nOrigin: http://localhost:5173\r\nConnection: close\r\n\r\n"
                let answer = try await RawClient.exchange(livez, port: port)
                #expect(answer.lowercased().contains("access-control-allow-origin") == isAllowed)
                #expect(answer.lowercased().contains("vary: origin\r\n"))
            }
            let metrics = try await RawClient.get("/metrics", port: operators)
            #expect(metrics.contains(#"piao_http_requests_total{method="GET",route="/v1/films",status="200"} 1"#), "It tells of both.")
            let document = try await RawClient.get("/openapi.json", port: operators)
            #expect(document.contains("/v1/films") && !document.contains("/metrics"))
            signal.yield(.sigterm)
            try await tasks.waitForAll()
        }
    }

    @Test("A port that is taken and a host that isn't here are named, with the setting that says so", arguments: [true, false])
    func taken(isOperators: Bool) async throws {
        try await ServedExample.with([], HTTPConfiguration()) { port in
            for (host, name) in [("127.0.0.1", "PORT"), ("192.0.2.1", "HOST"), ("nowhere.invalid", "HOST")] {
                var configuration = HTTPConfiguration()
                configuration.port = 0
                if isOperators {
                    (configuration.operationsHost, configuration.operationsPort) = (host, port)
                } else {
                    (configuration.host, configuration.port) = (host, port)
                }
                let application = HTTPApplication(
                    name: "example", endpoints: [], authenticator: ExampleAuthenticator(), problems: NoMapping(),
                    configuration: configuration, rateLimits: .off, logger: ServedExample.silent)
                let fault = await #expect(throws: SettingFault.self) {
                    try await application.run(
                        notifier: SystemNotifier(environment: [:]), signals: AsyncStream<UnixSignal> { _ in })
                }
                #expect(fault?.name == (isOperators ? "HTTP_OPERATIONS_\(name)" : "HTTP_\(name)"))
                #expect(fault?.reason.contains("\(host) port \(port)") == true)
            }
        }
    }

    @Test("A failure after a server has listened is not the fault of a setting", arguments: [true, false])
    func failsLater(hasListened: Bool) async throws {
        struct Failing: Service {
            func run() async throws { throw IOError(errnoCode: EHOSTUNREACH, reason: "accept") }
        }
        let service = ListeningService(server: Failing(), address: HTTPConfiguration().address) { hasListened }
        let error = await #expect(throws: (any Error).self) { try await service.run() }
        #expect(hasListened ? error is IOError : error is SettingFault)
    }

    @Test("Log lines that nobody reads are dropped and counted, not kept")
    func logFlood() {
        let lines = Mutex([String]())
        let gate = Mutex(false)
        let sink = LogSink(
            maximumBytes: 100,
            output: { bytes in
                while !gate.withLock({ $0 }) { usleep(1_000) }
                lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            })
        for _ in 0..<1_000 { sink.write(Array("1234567890\n".utf8)) }
        gate.withLock { $0 = true }
        sink.flush(within: .seconds(60))
        let all = lines.withLock { $0 }
        #expect(all.joined().contains("were dropped"))
        #expect(all.joined().utf8.count < 1_000)
    }
}
