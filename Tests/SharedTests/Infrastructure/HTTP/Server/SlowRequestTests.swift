import NIOCore
import Synchronization
import TestSupport
import Testing
import Text

@testable import HTTP

@Suite("A request arrives whole within its limit, from its first byte on", .inTurn)
struct SlowRequestTests {
    /// Nothing but the limit of requests ends a connection.
    private static func limit(_ seconds: Int) -> HTTPConfiguration {
        var configuration = HTTPConfiguration()
        configuration.requestSeconds = seconds
        configuration.idleSeconds = 3_600
        configuration.stallSeconds = 3_600
        configuration.leftoverSeconds = 3_600
        return configuration
    }

    private static let whole = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let answer = #"{"status":"ok"}"#
    private static let post =
        "POST /v1/films HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer may-2\r\n"
        + "Content-Type: application/json\r\n"

    private static func expectTimeout(_ text: String) throws {
        let answers = try Answer.all(text)
        #expect(answers.map(\.status) == [408] && answers.first?.code == "request_timeout")
        #expect(answers.first?["connection"] == "close" && answers.first?["x-request-id"]?.isEmpty == false)
        #expect(answers.first?.json["request_id"] == answers.first?["x-request-id"].map { .string($0) })
        #expect(answers.first?.json["limit_seconds"] == .integer(1))
    }

    @Test(
        "A head that trickles in, or stops, is answered 408, as the first of a connection and after others",
        arguments: ["GET /", "GET /v1/fi", "GET /v1/films HTTP/1.1\r\nX: a", "\r\nGET /v1/films HTTP/1.1\r\nHost: localhost\r\n"], [0, 2])
    func heads(start: String, before: Int) async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limit(1)) { port in
            for trickles in [true, false] {
                try await StreamClient.connect(port: port) { client in
                    for _ in 0..<before {
                        try await client.send(Self.whole)
                        _ = try await client.read(until: Self.answer)
                    }
                    try await client.send(start)
                    let trickle = Task { [outbound = client.outbound] in
                        if trickles { try await outbound.trickle("a") }
                    }
                    defer { trickle.cancel() }
                    try Self.expectTimeout(await client.readToEnd())
                }
            }
            let metrics = try await RawClient.get("/metrics", port: port)
            #expect(metrics.contains(#"piao_http_requests_total{method="any",route="none",status="408"} 2"# + "\n"))
        }
    }

    @Test("Many who trickle at once are all answered, and hold nobody else up")
    func many() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limit(1)) { port in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<100 {
                    tasks.addTask {
                        try await StreamClient.connect(port: port) { client in
                            try await client.send("GET /v1/films HTTP/1.1\r\nHost: localhost\r\nX: ")
                            let trickle = Task { [outbound = client.outbound] in try await outbound.trickle("a") }
                            defer { trickle.cancel() }
                            try Self.expectTimeout(await client.readToEnd())
                        }
                    }
                }
                #expect(try await RawClient.get("/v1/films", port: port).hasPrefix("HTTP/1.1 200"))
                try await tasks.waitForAll()
            }
            let metrics = try await RawClient.get("/metrics", port: port)
            #expect(metrics.contains(#"piao_http_requests_total{method="any",route="none",status="408"} 100"# + "\n"))
        }
    }

    @Test("A connection may be silent for longer between its requests, also after an empty line")
    func silence() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limit(1)) { port in
            try await StreamClient.connect(port: port) { client in
                for _ in 0..<3 {
                    try await letPass(.milliseconds(1_500))
                    try await client.send(Self.whole)
                    #expect(try await client.read(until: Self.answer).hasPrefix("HTTP/1.1 200"))
                    try await client.send("\r\n")
                }
            }
        }
    }

    @Test(
        "A body that stops, or trickles in, is answered 408",
        arguments: ["Content-Length: 60000\r\n\r\n{", "Content-Length: 60000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"])
    func bodies(start: String) async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limit(1)) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send(Self.post + start)
                try Self.expectTimeout(await client.readToEnd())
            }
            guard start.hasPrefix("Content-Length") else { return }
            try await StreamClient.connect(port: port) { client in
                try await client.send(Self.post + start)
                // An end of a line counts as any other byte does.
                let trickle = Task { [outbound = client.outbound] in try await outbound.trickle("\n") }
                defer { trickle.cancel() }
                try Self.expectTimeout(await client.readToEnd())
            }
        }
    }

    @Test("A client that was told \"100 Continue\" and sends nothing is answered 408")
    func expecting() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limit(1)) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send(Self.post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
                _ = try await client.read(until: "100 Continue\r\n\r\n")
                try Self.expectTimeout(await client.readToEnd())
            }
        }
    }

    @Test("The time in which the server is busy with earlier requests isn't the client's")
    func busy() async throws {
        let calls = Atomic(0)
        let slow = Endpoint(.get, "/v1/slow", "Takes its time.", access: .open, answers: .plain) { _ in
            if calls.add(1, ordering: .relaxed).newValue == 1 { try await letPass(.seconds(6)) }
            return .plain("done")
        }
        let request = "GET /v1/slow HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 8_000))\r\n\r\n"
        try await ServedExample.with([slow], Self.limit(3)) { port in
            try await StreamClient.connect(port: port) { client in
                let count = 300
                let flood = Task { [outbound = client.outbound] in
                    try await outbound.write(ByteBuffer(string: String(repeating: request, count: count)))
                }
                for _ in 0..<count { #expect(try await client.read(until: "\r\n\r\ndone").hasPrefix("HTTP/1.1 200")) }
                try await flood.value
            }
        }
    }

    @Test("Only the time in which the server waits is counted")
    func clock() {
        let begin = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var clock = ArrivalClock(limit: .seconds(10))
        #expect(!clock.isRunning && clock.rest(at: begin) == nil)
        clock.resume(at: begin)
        #expect(clock.rest(at: begin) == nil, "Nothing has begun to arrive.")
        clock.start(at: begin)
        #expect(clock.isRunning && clock.rest(at: begin + .seconds(4)) == .seconds(6))
        clock.pause(at: begin + .seconds(4))
        clock.pause(at: begin + .seconds(5))
        #expect(clock.rest(at: begin + .seconds(100)) == nil)
        clock.resume(at: begin + .seconds(100))
        clock.resume(at: begin + .seconds(101))
        #expect(clock.rest(at: begin + .seconds(106)) == .zero && clock.rest(at: begin + .seconds(107)) == .seconds(-1))
        clock.stop()
        clock.resume(at: begin + .seconds(107))
        #expect(!clock.isRunning && clock.rest(at: begin + .seconds(107)) == nil)
        clock.start(at: begin + .seconds(200))
        #expect(clock.rest(at: begin + .seconds(200)) == .seconds(10), "Each request has all of the time.")
    }
}
