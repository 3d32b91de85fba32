import API
import AsyncHTTPClient
import Callers
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import HTTP

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it.
@Suite("What browsers and caches are told", .inTurn)
struct BrowserTests {
    private static let page = "http://localhost:5173"
    /// So many that nobody comes to the end of them, so that whatever tells them is seen.
    private static let environment = [
        "HTTP_ALLOWED_ORIGINS": "\(page),https://www.example.com", "RATE_LIMITS_ENABLED": "true", "RATE_LIMITS_READ": "100000/60",
        "RATE_LIMITS_WRITE": "100000/60", "RATE_LIMITS_SIGN_IN": "100000/60", "RATE_LIMITS_SIGN_UP": "100000/60",
        "RATE_LIMITS_ONE_TIME_CODE": "100000/60", "RATE_LIMITS_COLLECTION": "100000/60", "SQUATTING_ADDRESS_SHARE": "100",
        "SQUATTING_CHALLENGE_SHARE": "100",
    ]

    @Test("At each path of each service a browser is told the methods that the table has there, and those are answered for the page")
    func preflights() async throws {
        try await FurnishedPlatform.with(Self.environment) { world in
            for realm in Realm.allCases {
                let endpoints = try FurnishedPlatform.endpoints(of: realm)
                for (path, there) in Dictionary(grouping: endpoints, by: { $0.path.routed }) {
                    for endpoint in there {
                        let answer = try await world.platform.service(of: realm).ask(
                            .options, world.path(of: endpoint),
                            headers: [
                                .origin: Self.page, .accessControlRequestMethod: endpoint.method.rawValue,
                                .accessControlRequestHeaders: "authorization,content-type",
                            ])
                        #expect(answer.status == 204 && answer.body.isEmpty, "\(realm) \(path): \(answer.body)")
                        let methods = Set(answer.headers[.accessControlAllowMethods]?.components(separatedBy: ", ") ?? [])
                        let head = there.contains(where: \.answersHead) ? ["HEAD"] : []
                        #expect(methods == Set(there.map(\.method.rawValue) + head), "\(realm) \(path)")
                        Self.expectReadable(answer, "\(realm) OPTIONS \(path)")
                        #expect(answer.headers[.accessControlMaxAge] != nil && answer.headers[.rateLimit] == nil)
                    }
                }
                let unknown = try await world.platform.service(of: realm).ask(
                    .options, "/v1/nothing", headers: [.origin: Self.page, .accessControlRequestMethod: "GET"])
                #expect(unknown.status == 404)
                Self.expectReadable(unknown, "\(realm) nothing")
            }
        }
    }

    @Test("Every list that is open to everybody has a tag and may be kept for a moment, is answered 304, and holds nothing of who asks")
    func publicLists() async throws {
        try await FurnishedPlatform.with(Self.environment) { world in
            var count = 0
            for realm in Realm.allCases {
                for endpoint in try FurnishedPlatform.endpoints(of: realm)
                where endpoint.method == .get && endpoint.access == .open && endpoint.answer.isPage {
                    count += 1
                    let call = "\(realm) \(endpoint.operation)"
                    let mine: HTTPFields = [
                        .origin: Self.page, .xRequestID: "mine-1", .userAgent: "Mine/1", .acceptLanguage: "zh-CN",
                    ]
                    let shown = try await world.call(endpoint, of: realm, headers: mine)
                    let caching = try #require(shown.headers[.cacheControl], "\(call)").wholeMatch(of: /public, max-age=([0-9]+)/)
                    let seconds = try #require(caching.flatMap { Int($0.output.1) }, "\(call)")
                    #expect(endpoint.path.text.contains("cities") ? seconds >= 60 : (1...10).contains(seconds), "\(call): \(seconds)")
                    let tag = try #require(shown.headers[.eTag], "\(call)")
                    Self.expectShared(shown, call)
                    Self.expectReadable(shown, call)
                    // Without a token, of another page, in another language, with the tag: the same state, and no body.
                    let path = world.path(of: endpoint)
                    let known = try await world.platform.service(of: realm).ask(
                        .get, Self.address(path, world.requiredQuery(of: endpoint)), ifNoneMatch: tag,
                        headers: [.origin: "https://www.example.com", .acceptLanguage: "en"])
                    #expect(known.status == 304 && known.body.isEmpty && known.headers[.eTag] == tag, "\(call): \(known.status)")
                    #expect(known.headers[.accessControlAllowOrigin] == "https://www.example.com" && known.headers[.vary] == "Origin")
                    #expect(known.headers[.cacheControl] == shown.headers[.cacheControl])
                    Self.expectShared(known, call)
                }
            }
            #expect(count >= 8)
        }
    }

    @Test("Whatever is for one caller is stored nowhere; each answer says that it depends on the origin, and is the page's to read")
    func reading() async throws {
        try await FurnishedPlatform.with(Self.environment) { world in
            for realm in Realm.allCases {
                for endpoint in try FurnishedPlatform.endpoints(of: realm) where endpoint.method == .get && endpoint.answer.events.isEmpty {
                    let call = "\(realm) \(endpoint.operation)"
                    let answer = try await world.call(endpoint, of: realm, headers: [.origin: Self.page, .xRequestID: "mine-1"])
                    Self.expectReadable(answer, call)
                    if endpoint.access != .open { #expect(answer.headers[.cacheControl] == "no-store", "\(call)") }
                    if answer.headers[.cacheControl] == "no-store" {
                        #expect(answer.headers[.xRequestID] == "mine-1", "\(call)")
                    } else {
                        Self.expectShared(answer, call)
                    }
                    // Who comes from nowhere, or from elsewhere, is told as little.
                    for headers: HTTPFields in [[:], [.origin: "http://localhost:5174"]] {
                        let other = try await world.call(endpoint, of: realm, headers: headers)
                        #expect(Self.variesByOrigin(other) && other.headers[.accessControlAllowOrigin] == nil, "\(call)")
                    }
                }
            }
        }
    }

    @Test("Over the wire: a page's requests from the question to the live seats, and the server's time with each answer")
    func wire() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            try await platform.withClientService(["HTTP_ALLOWED_ORIGINS": Self.page]) { port in
                func ask(_ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders) async throws -> HTTPClientResponse {
                    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
                    request.method = method
                    request.headers = headers
                    request.headers.add(name: "Origin", value: Self.page)
                    return try await HTTPClient.patient.execute(request, timeout: .patient)
                }
                let seats = "/v1/showtimes/\(stage.showtimeID)/seats"
                let question = try await ask(
                    .OPTIONS, "/v1/orders",
                    [
                        "Access-Control-Request-Method": "POST",
                        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
                    ])
                #expect(question.status == .noContent && question.headers["Access-Control-Allow-Methods"] == ["GET, POST, HEAD"])
                let answers = [
                    question, try await ask(.GET, "/v1/movies", [:]), try await ask(.GET, seats, [:]),
                    try await ask(.GET, "/v1/orders", [:]),
                    try await ask(.GET, "/v1/orders", ["Authorization": "Bearer \(anna)"]),
                    try await ask(.GET, "\(seats)/stream", ["Authorization": "Bearer \(anna)", "Last-Event-ID": "0"]),
                    try await ask(.GET, "/metrics", [:]),
                ]
                #expect(answers.map(\.status.code) == [204, 200, 200, 401, 200, 200, 200])
                for answer in answers {
                    #expect(answer.headers["Access-Control-Allow-Origin"] == [Self.page])
                    #expect(answer.headers[canonicalForm: "Vary"].contains("Origin"))
                    #expect(answer.headers["Access-Control-Allow-Credentials"].isEmpty)
                    #expect(answer.headers.first(name: "Date")?.hasSuffix("GMT") == true)
                }
                #expect(answers[5].headers["Content-Type"] == ["text/event-stream"])
                for try await part in answers[5].body where String(buffer: part).contains("event: map") { break }
            }
        }
    }

    @Test("An origin that no browser sends ends the start with status 78 and a sentence that names the setting and not the value")
    func wrongSetting() async throws {
        let none = "postgresql://127.0.0.1:9/none"
        for wrong in ["https://tickets.example.com/secret", "null", "*", "http://localhost:80", "HTTP://LOCALHOST:5173"] {
            let run = try await AdminCommand(
                databaseURL: none, try Platform.environment(databaseURL: none, ["HTTP_ALLOWED_ORIGINS": wrong])
            )
            .run("serve")
            #expect(run.status == 78, "\(run)")
            #expect(run.complaints.contains("Configuration: HTTP_ALLOWED_ORIGINS is not a list of origins such as https://www.example.com"))
            #expect(!run.complaints.contains("secret") && run.complaintLines.count == 1)
        }
    }

    private static func expectReadable(_ answer: Asked, _ call: String) {
        #expect(answer.headers[.accessControlAllowOrigin] == page, "\(call)")
        #expect(variesByOrigin(answer) && answer.headers[.accessControlAllowCredentials] == nil, "\(call)")
    }

    /// Problems may depend on more.
    private static func variesByOrigin(_ answer: Asked) -> Bool {
        answer.headers[.vary]?.components(separatedBy: ", ").contains("Origin") == true
    }

    private static func expectShared(_ answer: Asked, _ call: String) {
        for name in [HTTPField.Name.rateLimit, .rateLimitPolicy, .setCookie] { #expect(answer.headers[name] == nil, "\(call)") }
        #expect(answer.headers[.xRequestID] != "mine-1" && !answer.body.contains("Mine/1") && !answer.body.contains("mine-1"), "\(call)")
    }

    private static func address(_ path: String, _ query: [(name: String, value: String)]) -> String {
        query.isEmpty ? path : path + "?" + query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
}

extension PathTemplate {
    /// The same for templates that lead to the same place.
    fileprivate var routed: String {
        segments.map { segment in
            switch segment {
            case .literal(let text): "/" + text
            case .parameter: "/{}"
            }
        }.joined()
    }
}
