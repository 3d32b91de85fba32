import API
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import UnixSignals

@testable import HTTP

@Suite("Connections end, whatever their client does", .inTurn)
struct ConnectionLimitTests {
    /// So much that no socket holds it back for a client that reads nothing.
    private static let heavy = String(repeating: "x", count: 16 << 20)

    /// Limits of a second, but for those that a test is not about.
    private static func limits(stall: Int = 600, leftover: Int = 600, request: Int = 600) -> HTTPConfiguration {
        var configuration = HTTPConfiguration()
        configuration.stallSeconds = stall
        configuration.leftoverSeconds = leftover
        configuration.requestSeconds = request
        configuration.idleSeconds = 600
        return configuration
    }

    private static let refused = "POST /v1/films HTTP/1.1\r\nHost: localhost\r\n"

    @Test("A client that reads nothing of its answers is cut off")
    func stuck() async throws {
        let closed = Mutex<EventLoopFuture<Void>?>(nil)
        let (opened, open) = AsyncStream.makeStream(of: Void.self)
        let heavy = Endpoint(.get, "/v1/heavy", "Weighs much.", access: .open, answers: .plain) { call in
            closed.withLock { $0 = call.exchange.facts.channel.closeFuture }
            open.yield()
            return .plain(Self.heavy)
        }
        try await ServedExample.with([heavy], Self.limits(stall: 1)) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send(String(repeating: "GET /v1/heavy HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 3))
                _ = await opened.first { _ in true }
                // Nothing was read; the test's own limit is what would end it otherwise.
                try await closed.withLock(\.self)?.get()
                #expect(await client.readToEnd().utf8.count < 3 * Self.heavy.utf8.count)
            }
        }
    }

    private static let weighty = Endpoint(.get, "/v1/heavy", "Weighs much.", access: .open, answers: .plain) { _ in .plain(heavy) }

    /// Reads an answer to the end of the connection, in longer than the limits: with a short rest after each half of a MiB.
    private static func readSlowly(_ client: inout StreamClient) async -> String {
        var (text, rests) = ("", 0)
        let time = await elapsed {
            text = await client.readToEnd { count in
                while rests < count >> 19 {
                    rests += 1
                    try? await letPass(.milliseconds(300))
                }
            }
        }
        #expect(time > .seconds(8))
        return text
    }

    @Test(
        "A client that reads slowly gets all of its answer, also when that takes longer than the limits, of idle connections too",
        arguments: ["Connection: close\r\n", ""])
    func slow(header: String) async throws {
        var configuration = Self.limits(stall: 5)
        configuration.idleSeconds = 1
        try await ServedExample.with([Self.weighty], configuration) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send("GET /v1/heavy HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n")
                let text = await Self.readSlowly(&client)
                #expect(text.hasSuffix("xxx") && text.utf8.count > Self.heavy.utf8.count)
            }
        }
    }

    @Test("A client that has ended its side before it has its answer gets all of it")
    func halfClosed() async throws {
        try await ServedExample.with([Self.weighty], Self.limits()) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send("GET /v1/heavy HTTP/1.1\r\nHost: localhost\r\n\r\n")
                client.outbound.finish()
                let text = await Self.readSlowly(&client)
                #expect(text.hasSuffix("xxx") && text.utf8.count > Self.heavy.utf8.count)
            }
        }
    }

    @Test("An answer that is on its way when the process ends arrives whole")
    func drained() async throws {
        try await ServedExample.with([Self.weighty], Self.limits(stall: 5)) { port, end in
            try await StreamClient.connect(port: port) { client in
                try await client.send("GET /v1/heavy HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try await client.read(until: "xxx")
                end()
                let text = await Self.readSlowly(&client)
                #expect(text.hasSuffix("xxx") && text.utf8.count > Self.heavy.utf8.count - 1_000)
            }
        }
    }

    @Test("A client that takes nothing doesn't hold up the end of the process")
    func stuckAtTheEnd() async throws {
        let closed = Mutex<EventLoopFuture<Void>?>(nil)
        let heavy = Endpoint(.get, "/v1/heavy", "Weighs much.", access: .open, answers: .plain) { call in
            closed.withLock { $0 = call.exchange.facts.channel.closeFuture }
            return .plain(Self.heavy)
        }
        var configuration = Self.limits(leftover: 1)
        configuration.drainSeconds = 600
        try await ServedExample.with([heavy], configuration) { port, end in
            try await StreamClient.connect(port: port) { client in
                try await client.send("GET /v1/heavy HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try await client.read(until: "xxx")
                end()
                // The test's own limit is what would end it otherwise.
                try await closed.withLock(\.self)?.get()
            }
        }
    }

    @Test("A client that gets its answer before its request's end is waited for only a moment, silent or not", arguments: [true, false])
    func endless(isSilent: Bool) async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limits(leftover: 1)) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send(Self.refused + "Content-Length: 60000\r\n\r\n{")
                let trickle = Task { [outbound = client.outbound] in
                    if !isSilent { try await outbound.trickle() }
                }
                defer { trickle.cancel() }
                #expect(await client.readToEnd().hasPrefix("HTTP/1.1 401"))
            }
        }
    }

    @Test("A client that gets its answer before its request's end and goes on sending is cut off at a length")
    func flood() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limits()) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send(Self.refused + "Transfer-Encoding: chunked\r\n\r\n")
                #expect(try await client.read(until: "unauthenticated").hasPrefix("HTTP/1.1 401"))
                let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
                let outbound = client.outbound
                await #expect(throws: (any Error).self) { try await outbound.flood(chunk) }
            }
        }
    }

    @Test("A client that ends a refused request in time keeps the connection")
    func kept() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limits()) { port in
            try await StreamClient.connect(port: port) { client in
                for length in [100_000, 10] {
                    try await client.send(Self.refused + "Content-Length: \(length)\r\n\r\n")
                    _ = try await client.read(until: "unauthenticated")
                    try await client.send(String(repeating: " ", count: length))
                }
                try await client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await client.read(until: #"{"status":"ok"}"#).contains("HTTP/1.1 200"))
            }
        }
    }

    @Test("A body that trickles in is answered 408 after the limit, and the connection ends")
    func trickle() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limits(leftover: 1, request: 1)) { port in
            try await StreamClient.connect(port: port) { client in
                try await client.send(
                    Self.refused + "Authorization: Bearer may-2\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{")
                let trickle = Task { [outbound = client.outbound] in try await outbound.trickle() }
                defer { trickle.cancel() }
                let answer = await client.readToEnd()
                #expect(answer.hasPrefix("HTTP/1.1 408") && answer.contains("request_timeout"))
                #expect(answer.lowercased().contains("connection: close\r\n"))
            }
        }
    }

    @Test("A request after the last answer isn't carried out, because its answer could not be sent")
    func afterTheLast() async throws {
        let count = Atomic(0)
        let counting = Endpoint(.post, "/v1/count", "Counts.", access: .open, answers: .plain) { _ in
            .plain("\(count.add(1, ordering: .relaxed).newValue)")
        }
        let next = "POST /v1/count HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        try await ServedExample.with(FilmEndpoints().all + [counting], Self.limits(leftover: 2, request: 1)) { port in
            try await StreamClient.connect(port: port, staysOpen: true) { client in
                try await client.send(
                    Self.refused + "Authorization: Bearer may-2\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n")
                let outbound = client.outbound
                let trickle = Task { try await outbound.trickle("1\r\n \r\n") }
                _ = try await client.read(until: "request_timeout")
                trickle.cancel()
                _ = await trickle.result
                // The server's side has ended, perhaps some time ago; that it reads no more is seen only by sending.
                await #expect(throws: (any Error).self) {
                    try await client.send("0\r\n\r\n" + next)
                    try await outbound.trickle()
                }
            }
            #expect(count.load(ordering: .relaxed) == 0)
            try await StreamClient.connect(port: port) { client in
                try await client.send(next)
                #expect(try await client.read(until: "\r\n\r\n1").hasPrefix("HTTP/1.1 200"))
            }
        }
    }

    @Test("Connections beyond the limit are told so and closed, silent ones too; probes are answered, and who leaves makes room")
    func surplus() async throws {
        // So long that a slow machine has answered before a surplus connection is cut.
        var configuration = Self.limits(leftover: 8)
        configuration.maximumConnections = 1
        let request = "GET /v1/films HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try await ServedExample.with(FilmEndpoints().all, configuration) { port in
            try await StreamClient.connect(port: port) { first in
                try await first.send(request)
                _ = try await first.read(until: "200 OK")
                for (request, status) in [(request, 503), (request.replacing("/v1/films", with: "/livez"), 200)] {
                    let answer = try await StreamClient.connect(port: port) { other in
                        try await other.send(request)
                        return await other.readToEnd()
                    }
                    #expect(answer.hasPrefix("HTTP/1.1 \(status)") && answer.lowercased().contains("connection: close\r\n"))
                    #expect(answer.contains(#""code":"busy""#) == (status == 503))
                    #expect(answer.lowercased().contains("retry-after: 1\r\n") == (status == 503))
                }
                let silence = try await StreamClient.connect(port: port) { silent in await silent.readToEnd() }
                #expect(silence.isEmpty)
                try await first.send(request)
                _ = try await first.read(until: "200 OK")
            }
            // The server may hear of the end of the first one a moment later.
            try await until { try await RawClient.get("/v1/films", port: port).hasPrefix("HTTP/1.1 200") }
        }
    }

    @Test("A client that doesn't close after its last answer is not waited for")
    func stays() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.limits(leftover: 1)) { port in
            let closing = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            for request in [closing, closing + closing, "nonsense\r\n\r\n", Self.refused + "Content-Length: 9\r\n\r\n"] {
                try await StreamClient.connect(port: port, staysOpen: true) { client in
                    try await client.send(request)
                    let answer = await client.readToEnd()
                    #expect(answer.hasPrefix("HTTP/1.1 "))
                    // The server's side has ended; that the client's has too is seen only by sending.
                    let outbound = client.outbound
                    await #expect(throws: (any Error).self) { try await outbound.trickle() }
                }
            }
        }
    }
}

/// The example service on a real port.
enum ServedExample {
    static func with(
        _ endpoints: [Endpoint], _ configuration: HTTPConfiguration, logger: Logger = silent, _ test: @Sendable (Int) async throws -> Void
    ) async throws {
        try await with(endpoints, configuration, logger: logger) { port, _ in try await test(port) }
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// - Parameter test: told the port, and how to end the service.
    static func with(
        _ endpoints: [Endpoint], _ configuration: HTTPConfiguration, logger: Logger = silent,
        _ test: @Sendable (Int, @Sendable () -> Void) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.port = 0
        let application = HTTPApplication(
            name: "example", endpoints: endpoints, authenticator: ExampleAuthenticator(), problems: NoMapping(),
            configuration: configuration, rateLimits: .off, texts: .catalogue, logger: logger)
        let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await application.run(
                    notifier: SystemNotifier(environment: [:]), signals: signals, onListening: { port.yield($0) })
            }
            defer { signal.yield(.sigterm) }
            try await test(try #require(await ports.first { _ in true })) { signal.yield(.sigterm) }
            signal.yield(.sigterm)
            try await tasks.waitForAll()
        }
    }
}
