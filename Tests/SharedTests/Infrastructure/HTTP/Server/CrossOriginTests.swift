import Callers
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import HTTP

/// A list that everybody may keep, and what depends on nobody's allowance.
private struct WordEndpoints: Sendable {
    private static let shape = Shape<String>("Word", .text("word", "A word.", example: "so") { $0 })

    var all: [Endpoint] {
        [
            Endpoint(.get, "/v1/words", "Lists words.", access: .open, keepsAnswer: true, answers: .page(Self.shape)) { call in
                .page(Page(items: ["one", call.userAgent ?? "nobody"], next: nil))
            },
            Endpoint(
                .get, "/v1/words/today", "Shows a word.", access: .open, caching: .publicFor(seconds: 60), answers: .ok(Self.shape)
            ) { _ in .ok("today") },
        ]
    }
}

@Suite("Pages of other origins", .inTurn)
struct CrossOriginTests {
    private static let page = "http://localhost:5173"

    private static func allowing(_ origins: String...) -> HTTPConfiguration {
        var configuration = HTTPConfiguration()
        configuration.allowedOrigins = Set(origins.compactMap { WebOrigin($0) })
        return configuration
    }

    /// Problems may depend on more.
    private static func variesByOrigin(_ vary: String?) -> Bool {
        vary?.components(separatedBy: ", ").contains("Origin") == true
    }

    private static func question(_ origin: String, method: String = "GET") -> HTTPFields {
        [
            .origin: origin, .accessControlRequestMethod: method,
            .accessControlRequestHeaders: "authorization,content-type,idempotency-key",
        ]
    }

    private static func with(
        _ setup: TestingSetup = .router, endpoints: [Endpoint] = FilmEndpoints().all + WordEndpoints().all,
        rateLimits: RateLimitConfiguration = .off,
        _ test: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        try await ExampleService.with(
            setup, endpoints: endpoints, configuration: allowing(page, "https://www.example.com"), rateLimits: rateLimits, test)
    }

    @Test("A browser that asks before a request is told the methods of the path and what may be sent, without a token")
    func preflight() async throws {
        try await Self.with { client in
            for (path, methods) in [
                ("/v1/films", "GET, POST, HEAD"), ("/v1/films/1", "GET, PATCH, DELETE, HEAD"), ("/v1/notifications", "POST"),
                ("/v1/mine", "GET, HEAD"), ("/metrics", "GET, HEAD"), ("/v1/films/x?nonsense", "GET, PATCH, DELETE, HEAD"),
            ] {
                let answer = try await client.send(.options, path, headers: Self.question(Self.page, method: "PATCH"))
                #expect(answer.status == .noContent && answer.text.isEmpty, "\(path)")
                #expect(answer.headers[.accessControlAllowMethods] == methods, "\(path)")
                #expect(answer.headers[.accessControlAllowOrigin] == Self.page)
                #expect(
                    answer.headers[.accessControlAllowHeaders]
                        == "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id, traceparent"
                )
                #expect(answer.headers[.accessControlMaxAge] == "3600" && Self.variesByOrigin(answer.headers[.vary]))
                #expect(answer.headers[.accessControlAllowCredentials] == nil && answer.headers[.contentLength] == nil)
            }
        }
    }

    @Test("A browser's question counts against nobody's allowance")
    func uncounted() async throws {
        let limits = RateLimitConfiguration(classes: [
            .read: RateLimit(requests: 1, seconds: 60), .write: RateLimit(requests: 1, seconds: 60),
        ])
        try await Self.with(rateLimits: limits) { client in
            for _ in 0..<20 {
                let answer = try await client.send(.options, "/v1/films", token: "nobody's", headers: Self.question(Self.page))
                #expect(answer.status == .noContent && answer.headers[.rateLimit] == nil)
            }
            let films = try await client.send(.get, "/v1/films", headers: [.origin: Self.page])
            #expect(films.status == .ok && films.headers[.rateLimit]?.contains("r=0") == true)
            let over = try await client.send(.get, "/v1/films", headers: [.origin: Self.page])
            #expect(over.status == .tooManyRequests && over.headers[.retryAfter] != nil)
            #expect(over.headers[.accessControlAllowOrigin] == Self.page && over.headers[.accessControlExposeHeaders] != nil)
        }
    }

    @Test("What an allowed page may read: answers, problems, 304, HEAD, and what isn't there")
    func answers() async throws {
        try await Self.with { client in
            let own: HTTPFields = [.origin: Self.page]
            _ = try await client.send(.post, "/v1/films", token: "may-2", json: #"{"title": "Hero", "minutes": 99}"#, headers: own)
            let film = try await client.send(.get, "/v1/films/1", headers: own)
            let known = try await client.send(
                .get, "/v1/films/1", headers: [.origin: Self.page, .ifNoneMatch: try #require(film.headers[.eTag])])
            #expect(known.status == .notModified)
            let answers = [
                film, known, try await client.send(.head, "/v1/films/1", headers: own), try await client.send(.get, "/livez", headers: own),
                try await client.send(.get, "/openapi.json", headers: own), try await client.send(.get, "/v1/films/9", headers: own),
                try await client.send(.get, "/v1/nothing", headers: own), try await client.send(.put, "/v1/films", headers: own),
                try await client.send(.get, "/v1/mine", headers: own), try await client.send(.get, "/v1/crash", headers: own),
                try await client.send(.post, "/v1/films", token: "may-2", json: "{", headers: own),
                try await client.send(.options, "/v1/films", headers: own),
            ]
            #expect(answers.map(\.status.code) == [200, 304, 200, 200, 200, 404, 404, 405, 401, 500, 400, 405])
            for answer in answers {
                #expect(answer.headers[.accessControlAllowOrigin] == Self.page, "\(answer.status)")
                #expect(
                    answer.headers[.accessControlExposeHeaders]
                        == "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Date")
                #expect(Self.variesByOrigin(answer.headers[.vary]) && answer.headers[.accessControlAllowCredentials] == nil)
                #expect(answer.headers[.accessControlAllowMethods] == nil && answer.headers[.accessControlMaxAge] == nil)
            }
        }
    }

    @Test(
        "Pages of any other origin may read nothing, however like it is",
        arguments: [
            "http://localhost", "http://localhost:5174", "http://localhost:51730", "https://localhost:5173", "HTTP://LOCALHOST:5173",
            "http://localhost:5173/", "http://localhost:5173.example.com", "http://127.0.0.1:5173", "null", "*", "",
            "http://www.example.com", "https://www.example.com:443", "https://www.example.com.evil.example", "https://evil-www.example.com",
            "https://example.com", "https://sub.www.example.com", "http://localhost:5173, http://localhost:5173", "localhost:5173",
            "https://www.example.com https://evil.example",
        ])
    func others(origin: String) async throws {
        try await Self.with { client in
            for path in ["/v1/films", "/v1/words", "/v1/nothing"] {
                let answer = try await client.send(.get, path, headers: [.origin: origin])
                #expect(answer.status == (path == "/v1/nothing" ? .notFound : .ok))
                #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
                #expect(Self.variesByOrigin(answer.headers[.vary]))
            }
            let question = try await client.send(.options, "/v1/films", headers: Self.question(origin))
            #expect(question.status == .forbidden && question.code == "origin_not_allowed")
            #expect(!question.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
        }
    }

    @Test("A browser that asks for a path that isn't there gets a 404 that the page may read")
    func unknownPath() async throws {
        try await Self.with { client in
            let answer = try await client.send(.options, "/v1/nothing", headers: Self.question(Self.page))
            #expect(answer.status == .notFound && answer.code == "not_found")
            #expect(answer.headers[.accessControlAllowOrigin] == Self.page && Self.variesByOrigin(answer.headers[.vary]))
        }
    }

    @Test("Of a hundred origins each is told its own name, and one more none")
    func hundred() async throws {
        var configuration = HTTPConfiguration()
        let origins = (1...100).map { "https://www\($0).example.com" }
        configuration.allowedOrigins = Set(origins.compactMap { WebOrigin($0) })
        try await ExampleService.with(configuration: configuration) { client in
            for origin in origins {
                let answer = try await client.send(.get, "/v1/films", headers: [.origin: origin])
                #expect(answer.headers[.accessControlAllowOrigin] == origin)
            }
            let other = try await client.send(.get, "/v1/films", headers: [.origin: "https://www101.example.com"])
            #expect(other.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test("Unless set, no page of another origin may call; answers still say that they depend on it")
    func unset() async throws {
        try await ExampleService.with { client in
            let answer = try await client.send(.get, "/v1/films", headers: [.origin: Self.page])
            #expect(answer.status == .ok && answer.headers[.accessControlAllowOrigin] == nil && Self.variesByOrigin(answer.headers[.vary]))
            #expect(try await client.send(.options, "/v1/films", headers: Self.question(Self.page)).code == "origin_not_allowed")
            #expect(try await client.send(.options, "/v1/films").status == .methodNotAllowed)
            for path in ["/v1/films", "/livez", "/metrics", "/v1/nothing"] {
                #expect(Self.variesByOrigin(try await client.send(.get, path).headers[.vary]))
            }
        }
    }

    @Test("What is kept is one for all, and each page is told its own origin")
    func kept() async throws {
        try await Self.with { client in
            var texts: Set<String> = []
            for origin in [nil, Self.page, "https://www.example.com", "https://evil.example", nil] {
                let answer = try await client.send(.get, "/v1/words", headers: origin.map { [.origin: $0] } ?? [:])
                #expect(answer.headers[.accessControlAllowOrigin] == (origin == "https://evil.example" ? nil : origin))
                #expect(Self.variesByOrigin(answer.headers[.vary]) && answer.headers[.cacheControl] == "public, max-age=3")
                texts.insert(answer.text)
            }
            #expect(texts == [#"{"items":[{"word":"one"},{"word":"nobody"}],"next":null}"#])
        }
    }

    @Test("What caches may keep holds nothing of who asked: neither an allowance nor the id that the caller chose")
    func shared() async throws {
        let limits = RateLimitConfiguration(classes: [.read: RateLimit(requests: 9, seconds: 60)])
        try await Self.with(rateLimits: limits) { client in
            for path in ["/v1/words", "/v1/words/today"] {
                let headers: HTTPFields = [.origin: Self.page, .xRequestID: "mine-1", .userAgent: "Mine/1"]
                let chosen = try await client.send(.get, path, token: "may-2", headers: headers)
                let tag = try #require(chosen.headers[.eTag])
                let plain = try await client.send(.get, path, headers: [.ifNoneMatch: tag])
                #expect(chosen.headers[.xRequestID] == nil && plain.headers[.xRequestID]?.utf8.count == 32)
                #expect(plain.status == .notModified && plain.headers[.eTag] == tag)
                for answer in [chosen, plain] {
                    #expect(answer.headers[.rateLimit] == nil && answer.headers[.rateLimitPolicy] == nil, "\(path)")
                    #expect(answer.headers[.cacheControl] == (path == "/v1/words" ? "public, max-age=3" : "public, max-age=60"))
                }
                let refused = try await client.send(.get, "\(path)?nonsense=1", headers: headers)
                #expect(refused.headers[.xRequestID] == "mine-1" && refused.headers[.cacheControl] == "no-store")
            }
            let own = try await client.send(.get, "/v1/films", headers: [.xRequestID: "mine-1"])
            #expect(own.headers[.xRequestID] == "mine-1" && own.headers[.rateLimit] != nil && own.headers[.eTag] == nil)
        }
    }

    @Test("What is shared can't be declared at a call that depends on its caller")
    func table() {
        let mine = Endpoint(.get, "/v1/mine", "Shows mine.", access: .signedIn, caching: .revalidate, answers: .plain) { _ in .plain("") }
        let service = HTTPApplication(
            name: "example", endpoints: [mine], authenticator: ExampleAuthenticator(), problems: NoMapping(), rateLimits: .off,
            logger: ServedExample.silent)
        #expect(throws: EndpointTableError.keepsAnswerForSome(mine.operation)) { try service.build() }
    }

    @Test("Vary names all that an answer depends on, in one field")
    func vary() {
        var headers: HTTPFields = [:]
        headers.vary(by: .origin)
        headers.vary(by: .acceptLanguage)
        #expect(headers[values: .vary] == ["Origin, Accept-Language"])
    }

    @Test(
        "Every answer on the wire has the server's time; also those of requests that are none, which a page may read if its origin was read"
    )
    func wire() async throws {
        try await ServedExample.with(FilmEndpoints().all, Self.allowing(Self.page)) { port in
            let good = "GET /v1/films HTTP/1.1\r\nHost: localhost\r\nOrigin: \(Self.page)\r\nConnection: close\r\n"
            for (request, status, isReadable) in [
                ("\(good)\r\n", 200, true),
                (good.replacing("GET", with: "OPTIONS") + "Access-Control-Request-Method: PUT\r\n\r\n", 204, true),
                (good.replacing("Host: localhost\r\n", with: "") + "\r\n", 400, true),
                ("\(good)Expect: wonders\r\n\r\n", 417, true),
                ("\(good)X: \(String(repeating: "a", count: 40_000))\r\n\r\n", 431, false),
                (good.replacing("/v1/films", with: "/" + String(repeating: "a", count: 20_000)) + "\r\n", 414, false),
                (good.replacing("GET", with: "FETCH") + "\r\n", 501, false),
            ] {
                let text = try await StreamClient.connect(port: port) { client in
                    try await client.send(request)
                    return await client.readToEnd()
                }
                let answer = try #require(try Answer.all(text).first, "\(status)")
                #expect(answer.status == status && Self.variesByOrigin(answer["vary"]))
                #expect(answer["date"]?.hasSuffix("GMT") == true, "\(status)")
                #expect(answer["access-control-allow-origin"] == (isReadable ? Self.page : nil), "\(status)")
            }
        }
    }

    @Test(
        "An origin is as browsers send it",
        arguments: [
            ("http://localhost:5173", true), ("https://www.example.com", true), ("https://www.example.com:8443", true),
            ("http://127.0.0.1:8001", true), ("http://[::1]:8001", true), ("capacitor://localhost", true),
            ("https://xn--5us.example", true),
            ("http://a_b.example", true), ("https://www.example.com:443", false), ("http://www.example.com:80", false),
            ("https://www.example.com/", false), ("https://www.example.com/app", false), ("https://Www.example.com", false),
            ("HTTPS://www.example.com", false), ("www.example.com", false), ("//www.example.com", false), ("://www.example.com", false),
            ("https://", false), ("https://:8443", false), ("https://www.example.com:", false), ("https://www.example.com:0", false),
            ("https://www.example.com:08443", false), ("https://www.example.com:65536", false), ("https://www.example.com:x", false),
            ("https://www..example.com", false), ("https://me@www.example.com", false), ("https://*.example.com", false),
            ("https://票.example", false), ("https://www.example.com?x", false), ("https://www.example.com#x", false),
            ("https://www.example.com https://b.example", false), ("http://[::1", false), ("http://[]", false), ("http://[::1]8001", false),
            ("http://[::1]:", false), ("null", false), ("*", false), ("file://", false), ("", false), ("1http://a", false),
            ("https://\(String(repeating: "a", count: 300))", false), ("http://\u{212A}iosk.example", false),
        ])
    func origins(text: String, isOrigin: Bool) {
        #expect((WebOrigin(text)?.text == text) == isOrigin && (WebOrigin(text) != nil) == isOrigin)
    }
}
