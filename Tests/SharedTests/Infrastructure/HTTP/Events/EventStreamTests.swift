import Callers
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import Text
import UnixSignals

@testable import HTTP

@Suite("Streams of events", .inTurn)
struct EventStreamTests {
    @Test("A stream begins with the present state, goes on with what changes, and tells who comes back only what is new")
    func events() async throws {
        try await StreamingService.with { service in
            try await StreamClient.open("/v1/numbers", port: service.port) { client in
                let head = try await client.read(until: "\r\n\r\n")
                #expect(head.contains("HTTP/1.1 200") && head.lowercased().contains("content-type: text/event-stream\r\n"))
                #expect(head.lowercased().contains("cache-control: no-store"))
                // nginx gathers what it passes on, and would hold events back.
                #expect(head.lowercased().contains("x-accel-buffering: no\r\n"))
                _ = try await client.read(until: "retry: 3000\n\n")
                _ = try await client.read(until: "id: 0\nevent: whole\ndata: 0\n\n")
                service.feed.count(to: 1, telling: service.streams)
                _ = try await client.read(until: "id: 1\nevent: next\ndata: 0 1\n\n")
            }
            try await StreamClient.open("/v1/numbers", port: service.port, headers: "Last-Event-ID: 1\r\n") { client in
                service.feed.count(to: 2, telling: service.streams)
                let text = try await client.read(until: "data: 1 2\n\n")
                #expect(!text.contains("whole"))
            }
            try await StreamClient.open("/v1/numbers", port: service.port, headers: "Last-Event-ID: what\r\n") { client in
                _ = try await client.read(until: "event: whole\ndata: 2\n\n")
            }
        }
    }

    @Test("A stream ends after the event with which its feed is over, also for who waits and knows that state already")
    func over() async throws {
        try await StreamingService.with { service in
            try await StreamClient.open("/v1/numbers", port: service.port) { waiting in
                _ = try await waiting.read(until: "data: 0\n\n")
                service.feed.finish(at: 1, telling: service.streams)
                _ = try await waiting.read(until: "id: 1\nevent: next\ndata: 0 1\n\n")
                try await until { service.streams.count == 0 }
            }
            try await StreamClient.open("/v1/numbers", port: service.port, headers: "Last-Event-ID: 1\r\n") { late in
                _ = try await late.read(until: "retry: 3000\n\n")
                try await until { service.streams.count == 0 }
            }
            #expect(service.ended.count == 2)
        }
    }

    @Test("Data of several lines stay one event; all readers share its bytes")
    func lines() {
        let event = ServerSentEvent("map", id: "7", data: Array("a\nb\n".utf8))
        #expect(String(buffer: event.buffer) == "id: 7\nevent: map\ndata: a\ndata: b\ndata: \n\n")
    }

    @Test("A silent stream gets heartbeats, and the idle limit of connections doesn't cut it")
    func heartbeats() async throws {
        try await StreamingService.with(heartbeat: .milliseconds(300), idleSeconds: 3) { service in
            try await StreamClient.open("/v1/numbers", port: service.port) { client in
                _ = try await client.read(until: "data: 0\n\n")
                // They come no faster than they should, so these take longer than a silent connection may idle.
                for _ in 0..<15 { _ = try await client.read(until: ":\n\n") }
                service.feed.count(to: 1, telling: service.streams)
                _ = try await client.read(until: "data: 0 1\n\n")
            }
        }
    }

    @Test("There are no more streams than may be; who leaves makes room")
    func limit() async throws {
        try await StreamingService.with(limit: 2) { service in
            try await StreamClient.open("/v1/numbers", port: service.port) { first in
                _ = try await first.read(until: "data: 0\n\n")
                try await StreamClient.open("/v1/numbers", port: service.port) { second in
                    _ = try await second.read(until: "data: 0\n\n")
                    let refused = try await RawClient.get("/v1/numbers", port: service.port)
                    #expect(refused.hasPrefix("HTTP/1.1 503"))
                    #expect(refused.contains("too_many_streams"))
                    #expect(refused.lowercased().contains("retry-after: 5\r\n"))
                }
                // Nothing is sent meanwhile: that the reader has gone is noticed by itself.
                try await until { service.streams.count == 1 }
                try await StreamClient.open("/v1/numbers", port: service.port) { third in
                    _ = try await third.read(until: "data: 0\n\n")
                }
            }
            try await until { service.streams.count == 0 }
            #expect(service.ended.count == 3)
        }
    }

    @Test(
        "One address has no more streams than it may, whatever room there is for others; who leaves makes room for itself",
        arguments: [["192.0.2.1", "192.0.2.1", "192.0.2.2"], ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]])
    func limitPerAddress(addresses: [String]) async throws {
        try await StreamingService.with(limitPerAddress: 1) { service in
            let headers = addresses.map { "X-Forwarded-For: \($0)\r\n" }
            let (mine, alsoMine, others) = (headers[0], headers[1], headers[2])
            try await StreamClient.open("/v1/numbers", port: service.port, headers: mine) { first in
                _ = try await first.read(until: "data: 0\n\n")
                let refused = try await RawClient.exchange(
                    "GET /v1/numbers HTTP/1.1\r\nHost: localhost\r\n\(alsoMine)Connection: close\r\n\r\n", port: service.port)
                #expect(refused.hasPrefix("HTTP/1.1 429") && refused.contains("too_many_streams_of_address"))
                #expect(refused.lowercased().contains("retry-after: 5\r\n"))
                try await StreamClient.open("/v1/numbers", port: service.port, headers: others) { second in
                    _ = try await second.read(until: "data: 0\n\n")
                }
            }
            try await until { service.streams.count == 0 }
            try await StreamClient.open("/v1/numbers", port: service.port, headers: mine) { again in
                _ = try await again.read(until: "data: 0\n\n")
            }
        }
    }

    @Test("A site of version 6 has as many streams as sixteen clients; who leaves makes room for others of it")
    func limitPerSite() throws {
        let streams = EventStreams(limit: 100, limitPerAddress: 2)
        let feed = NumberFeed()
        func open(_ address: String) throws(Problem) -> EventStream { try streams.open(feed, after: nil, address: address) }
        var held: [EventStream] = []
        for block in 0..<32 { held.append(try open("2001:db8:0:\(block)::1")) }
        #expect(throws: Problem.tooManyStreamsOfAddress) { try open("2001:db8:0:ffff::1") }
        #expect(throws: Problem.tooManyStreamsOfAddress) { try streams.check(address: "2001:db8:0:ffff::1") }
        held.append(try open("2001:db8:1::1"))
        held.removeFirst()
        held.append(try open("2001:db8:0:ffff::1"))
        #expect(throws: Problem.tooManyStreamsOfAddress) { try open("2001:db8:0:eeee::1") }
    }

    @Test("No site has more than half of all streams")
    func halfPerSite() throws {
        let streams = EventStreams(limit: 10, limitPerAddress: 2)
        let feed = NumberFeed()
        var held: [EventStream] = []
        for block in 0..<5 { held.append(try streams.open(feed, after: nil, address: "2001:db8:0:\(block)::1")) }
        #expect(throws: Problem.tooManyStreamsOfAddress) { try streams.open(feed, after: nil, address: "2001:db8:0:ffff::1") }
        held.append(try streams.open(feed, after: nil, address: "2001:db8:1::1"))
        #expect(streams.count == 6)
    }

    @Test("HEAD opens no stream and is told so, and the connection goes on")
    func head() async throws {
        try await StreamingService.with { service in
            let head = "HEAD /v1/numbers HTTP/1.1\r\nHost: localhost\r\n"
            let answer = try await RawClient.exchange("\(head)\r\n\(head)Connection: close\r\n\r\n", port: service.port)
            let heads = answer.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
            #expect(heads.count == 3 && heads[2].isEmpty, "There is nothing but two heads.")
            for head in heads.dropLast() {
                #expect(head.hasPrefix("HTTP/1.1 405") && head.lowercased().contains("\r\nallow: get\r\n"))
            }
            #expect(service.streams.count == 0)
        }
    }

    @Test("A reader that is slow skips what lies between and gets the newest state")
    func slow() async throws {
        try await StreamingService.with(weight: 1 << 20) { service in
            try await StreamClient.open("/v1/numbers", port: service.port) { client in
                _ = try await client.read(until: "retry")
                let last = 200
                for number in 1...last {
                    service.feed.count(to: number, telling: service.streams)
                    try await letPass(.milliseconds(1))
                }
                let text = try await client.read(until: " \(last)\n\n")
                let events = text.split(separator: "event: ").count - 1
                #expect(events < last / 2, "Much more than what the system itself holds back for a socket would lie in memory.")
            }
        }
    }

    @Test("A reader that takes nothing for long is cut off")
    func stuck() async throws {
        try await StreamingService.with(heartbeat: .milliseconds(300), stallSeconds: 1, weight: 1 << 20) { service in
            try await StreamClient.open("/v1/numbers", port: service.port) { client in
                _ = try await client.read(until: "retry")
                var number = 0
                try await until {
                    number += 1
                    service.feed.count(to: number, telling: service.streams)
                    return service.streams.count == 0
                }
            }
        }
    }

    @Test("At shutdown streams end at once, whole, and nothing is waited for")
    func shutdown() async throws {
        // Were anything waited for, it would be for the drain limit, which is a day.
        try await StreamingService.with { service in
            try await StreamClient.open("/v1/numbers", port: service.port) { client in
                _ = try await client.read(until: "data: 0\n\n")
                service.signal()
                // The last chunk.
                #expect(try await client.readAll().hasSuffix("0\r\n\r\n"))
            }
        }
    }

    @Test("The documents tell of the stream, its events and Last-Event-ID")
    func documents() throws {
        let endpoint = StreamingService.endpoint(EventStreams(limit: 1), NumberFeed(), ended: Tally())
        let document = OpenAPIDocument(name: "example", purpose: "", endpoints: [endpoint]).json
        let get = try #require(document["paths"]?["/v1/numbers"]?["get"])
        #expect(get["responses"]?["200"]?["content"]?["text/event-stream"]?["schema"] == ["type": "string"])
        #expect(get["responses"]?["503"] != nil)
        #expect(document["components"]?["schemas"]?["Number"] != nil)
        let chapter = APIDocumentation.Chapter(title: "Example", introduction: "", address: "http://h", endpoints: [endpoint])
        let page = APIDocumentation(introduction: "", chapters: [chapter]).markdown
        #expect(page.contains("- `whole` with a `Number`: All of it."))
        #expect(page.contains("| `Last-Event-ID` | header |"))
        #expect(page.contains("| 503 | `too_many_streams` |"))
    }
}

/// A service with one stream, on a real port.
struct StreamingService: Sendable {
    let port: Int
    let feed: NumberFeed
    let streams: EventStreams
    let ended: Tally
    let signal: @Sendable () -> Void

    static func endpoint(_ streams: EventStreams, _ feed: NumberFeed, ended: Tally) -> Endpoint {
        let shape = Shape<Int>("Number", .int("number", "The number.") { $0 })
        return Endpoint(
            .get, "/v1/numbers", "Counts.", access: .open,
            answers: .events(EventDeclaration("whole", shape, "All of it."), EventDeclaration("next", shape, "What is new."))
        ) { call in
            .events(try streams.open(feed, after: call.lastEventID, address: call.address) { ended.add() })
        }
    }

    static func with<Result: Sendable>(
        limit: Int = 10, limitPerAddress: Int = 10, heartbeat: Duration = .seconds(15), stallSeconds: Int = 30,
        idleSeconds: Int = 60, weight: Int = 0,
        _ test: @Sendable (StreamingService) async throws -> Result
    ) async throws -> Result {
        let streams = EventStreams(limit: limit, limitPerAddress: limitPerAddress, heartbeat: heartbeat)
        let (feed, ended) = (NumberFeed(weight: weight), Tally())
        var configuration = HTTPConfiguration()
        configuration.port = 0
        configuration.drainSeconds = 86_400
        configuration.idleSeconds = idleSeconds
        configuration.stallSeconds = stallSeconds
        configuration.trustedProxies = [try #require(NetworkRange("127.0.0.1"))]
        let application = HTTPApplication(
            name: "example", endpoints: [endpoint(streams, feed, ended: ended)], authenticator: ExampleAuthenticator(),
            problems: NoMapping(),
            configuration: configuration, rateLimits: .off, eventStreams: streams,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (signals, signal) = AsyncStream.makeStream(of: UnixSignal.self)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await application.run(
                    notifier: SystemNotifier(environment: [:]), signals: signals, onListening: { listening.yield($0) })
            }
            let port = try #require(await ports.first { _ in true })
            defer { signal.yield(.sigterm) }
            let result = try await test(
                StreamingService(port: port, feed: feed, streams: streams, ended: ended, signal: { signal.yield(.sigterm) }))
            signal.yield(.sigterm)
            try await tasks.waitForAll()
            return result
        }
    }
}

/// Tells numbers, each as heavy as the test wants it.
final class NumberFeed: EventFeed {
    private let number = Mutex(0)
    private let hasEnded = Mutex(false)
    private let filler: String

    init(weight: Int = 0) {
        filler = String(repeating: ".", count: weight)
    }

    var isOver: Bool { hasEnded.withLock(\.self) }

    /// Tells one more number, the last one.
    func finish(at last: Int, telling streams: EventStreams) {
        hasEnded.withLock { $0 = true }
        count(to: last, telling: streams)
    }

    func count(to next: Int, telling streams: EventStreams) {
        number.withLock { $0 = next }
        streams.notifyReaders(of: self)
    }

    func event(after id: String?) -> (event: ServerSentEvent, id: String)? {
        let present = number.withLock(\.self)
        guard let known = id.flatMap({ Int($0) }) else {
            return (ServerSentEvent("whole", id: "\(present)", data: Array("\(present)".utf8)), "\(present)")
        }
        guard known != present else { return nil }
        return (ServerSentEvent("next", id: "\(present)", data: Array("\(filler)\(known) \(present)".utf8)), "\(present)")
    }
}
