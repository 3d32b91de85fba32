import Callers
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import TestSupport
import Testing
import Text

@testable import HTTP

/// Endpoints whose answers are kept, and how often they were read.
private final class Readings: Sendable {
    private let numbers = Mutex(0)
    private let broken = Mutex(false)

    var count: Int { numbers.withLock(\.self) }

    func fail(_ failing: Bool) { broken.withLock { $0 = failing } }

    private func next() throws -> Int {
        if broken.withLock(\.self) { throw Problem.unavailable("broken") }
        return numbers.withLock { numbers in
            numbers += 1
            return numbers
        }
    }

    static let word = QueryParameter("word", .text(1...10), "A word.", example: "so")

    private static let shape = Shape<(number: Int, of: String)>(
        "Reading", .int("number", "Which reading it was.", example: "1") { $0.number }, .text("of", "Of what.", example: "1") { $0.of })

    var all: [Endpoint] {
        [
            Endpoint(.get, "/v1/readings", "Reads.", access: .open, query: [Self.word], keepsAnswer: true, answers: .page(Self.shape)) {
                call in
                .page(Page(items: [(try self.next(), try call[Self.word] ?? "\(call.page.limit)")], next: "2"))
            },
            Endpoint(.get, "/v1/readings/{id}", "Reads one.", access: .open, keepsAnswer: true, answers: .ok(Self.shape)) { call in
                let number = try self.next()
                return .ok((number, "\(try call[.id]) \(call.userAgent ?? "nobody")"), etag: .version(Int64(number)))
            },
        ]
    }
}

@Suite("Endpoints whose answers are kept", .inTurn)
struct KeptAnswerTests {
    private let readings = Readings()
    private let clock = SteppedClock()

    private func with(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let memory = AnswerMemory { [clock] in clock.now }
        try await ExampleService.with(endpoints: readings.all, memory: memory, test)
    }

    @Test("The same address is answered from memory for half a second, with its link and headers")
    func fromMemory() async throws {
        try await with { client in
            let first = try await client.send(.get, "/v1/readings?limit=3")
            #expect(first.text == #"{"items":[{"number":1,"of":"3"}],"next":"2"}"#)
            let second = try await client.send(.get, "/v1/readings?limit=3", token: "nonsense", headers: [.xRequestID: "second"])
            #expect(second.text == first.text)
            #expect(second.headers[.link] == "</v1/readings?limit=3&cursor=2>; rel=\"next\"")
            #expect(second.headers[.contentType] == "application/json" && second.headers[.cacheControl] == "public, max-age=3")
            #expect(second.headers[.eTag] == first.headers[.eTag] && first.headers[.eTag]?.utf8.count == 34)
            clock.advance(by: AnswerMemory.lifetime)
            let third = try await client.send(.get, "/v1/readings?limit=3", headers: [.ifNoneMatch: first.headers[.eTag] ?? ""])
            #expect(third.json["items"] == [["number": 2, "of": "3"]] && third.headers[.eTag] != first.headers[.eTag])
            let known = try await client.send(.get, "/v1/readings?limit=3", headers: [.ifNoneMatch: third.headers[.eTag] ?? ""])
            #expect(known.status == .notModified && known.headers[.link] == third.headers[.link])
        }
    }

    @Test("Other parameters, fields and paths are other answers")
    func addresses() async throws {
        try await with { client in
            let addresses = [
                "/v1/readings", "/v1/readings?word=a", "/v1/readings?word=A", "/v1/readings?cursor=a", "/v1/readings/1",
                "/v1/readings/1?fields=of", "/v1/readings/2",
            ]
            for _ in 1...2 {
                for address in addresses {
                    let answer = try await client.send(.get, address)
                    #expect(answer.status == .ok)
                    #expect(answer.text.contains(address.hasSuffix("word=A") ? #""A""# : "of"), "\(address)")
                }
            }
            #expect(readings.count == addresses.count)
            #expect(try await client.send(.get, "/v1/readings/1?fields=of").text == #"{"of":"1 nobody"}"#)
        }
    }

    @Test("No header of a client influences an answer that others get")
    func headers() async throws {
        try await with { client in
            let answer = try await client.send(.get, "/v1/readings/7", headers: [.userAgent: "Mine/1"])
            #expect(answer.json["of"] == "7 nobody")
        }
    }

    @Test("HEAD of a kept answer tells its length and tag, and 304 to who has it, without reading again")
    func head() async throws {
        try await with { client in
            let whole = try await client.send(.get, "/v1/readings/7")
            let head = try await client.send(.head, "/v1/readings/7")
            #expect(head.status == .ok && head.text.isEmpty)
            #expect(head.headers[.contentLength] == "\(whole.body.readableBytes)")
            #expect(head.headers[.eTag] == whole.headers[.eTag])
            let tag = try #require(head.headers[.eTag])
            let known = try await client.send(.head, "/v1/readings/7", headers: [.ifNoneMatch: tag])
            #expect(known.status == .notModified && known.headers[.eTag] == tag && known.headers[.contentLength] == nil)
            #expect(readings.count == 1)
        }
    }

    @Test("A client that has the newest answer gets 304, even the first one that asks; no other client does")
    func entityTags() async throws {
        try await with { client in
            // Any tag, since none is known before the first answer.
            let known = try await client.send(.get, "/v1/readings/7", headers: [.ifNoneMatch: "*"])
            let tag = try #require(known.headers[.eTag])
            #expect(known.status == .notModified && known.text.isEmpty && tag.hasPrefix("\"1-"))
            #expect(known.headers[.cacheControl] == "no-cache" && known.headers[.contentType] == nil)
            let whole = try await client.send(.get, "/v1/readings/7")
            #expect(whole.status == .ok && whole.json["number"] == 1 && whole.headers[.eTag] == tag)
            #expect(try await client.send(.get, "/v1/readings/7", headers: [.ifNoneMatch: "\"2\", W/\(tag)"]).status == .notModified)
            #expect(try await client.send(.get, "/v1/readings/7", headers: [.ifNoneMatch: "\"2\""]).status == .ok)
            #expect(readings.count == 1)
            clock.advance(by: AnswerMemory.lifetime)
            #expect(try await client.send(.get, "/v1/readings/7", headers: [.ifNoneMatch: tag]).json["number"] == 2)
        }
    }

    @Test("Refused requests and failures are not kept, nor hidden by what is")
    func refusals() async throws {
        try await with { client in
            readings.fail(true)
            let broken = try await client.send(.get, "/v1/readings")
            #expect(broken.code == "broken")
            readings.fail(false)
            #expect(try await client.send(.get, "/v1/readings").status == .ok)
            for _ in 1...2 {
                #expect(try await client.send(.get, "/v1/readings?word=").place == "word")
                #expect(try await client.send(.get, "/v1/readings?colour=red").code == "parameter_invalid")
                #expect(try await client.send(.get, "/v1/readings/x").status == .notFound)
                #expect(try await client.send(.get, "/v1/readings", json: "{}").code == "body_not_expected")
                #expect(try await client.send(.post, "/v1/readings").status == .methodNotAllowed)
            }
            #expect(readings.count == 1)
        }
    }

    @Test("Requests that are answered from memory count for the rate limit")
    func rateLimit() async throws {
        let limits = RateLimitConfiguration(classes: [.read: RateLimit(requests: 2, seconds: 60)])
        try await ExampleService.with(endpoints: readings.all, rateLimits: limits) { client in
            for status in [200, 200, 429] {
                let answer = try await client.send(.get, "/v1/readings")
                #expect(answer.status.code == status)
            }
        }
    }

    @Test("The documents say how old an answer may be")
    func documents() {
        let chapter = APIDocumentation.Chapter(title: "", introduction: "", address: "", endpoints: readings.all)
        #expect(
            APIDocumentation(introduction: "", chapters: [chapter]).markdown
                .contains(
                    "- Freshness: as it was at most a second ago when it is sent; anybody's cache may keep it for 3 seconds from then on"))
    }

    @Test("An endpoint whose answer depends on its caller can't be served as one that keeps it")
    func table() {
        let mine = Endpoint(.get, "/v1/mine", "Shows mine.", access: .signedIn, keepsAnswer: true, answers: .plain) { _ in .plain("") }
        let made = Endpoint(.post, "/v1/made", "Makes.", access: .open, keepsAnswer: true, answers: .plain) { _ in .plain("") }
        for endpoint in [mine, made] {
            let service = HTTPApplication(
                name: "example", endpoints: [endpoint], authenticator: ExampleAuthenticator(), problems: NoMapping(),
                rateLimits: .off, logger: Logger(label: "test"))
            #expect(throws: EndpointTableError.keepsAnswerForSome(endpoint.operation)) { try service.build() }
        }
    }
}
