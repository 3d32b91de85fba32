import HTTPTypes
import Hummingbird

/// What pages of other origins may do here from a browser: the CORS protocol of WHATWG Fetch §3.3.
///
/// Answers say it and browsers keep to it; it protects no call, which tokens do. Tokens come in Authorization and nothing in cookies, so no
/// answer allows credentials, and none is for every origin.
struct CrossOrigin: Sendable {
    /// What a page may send besides what it always may.
    private static let requestFields =
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id, traceparent"
    /// What a page may read besides what it always may. Countdowns need the server's clock, Date.
    private static let answerFields = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Date"
    /// Seconds for which a browser needn't ask again: the methods of a path change with the program only.
    private static let preflightSeconds = "3600"

    private let origins: [String: WebOrigin]

    init(_ allowed: Set<WebOrigin>) {
        origins = Dictionary(allowed.map { ($0.text, $0) }) { one, _ in one }
    }

    /// The origin of the page that asks, if it may read the answer.
    func reader(of request: Request) -> WebOrigin? {
        guard !origins.isEmpty, let origin = request.headers[.origin] else { return nil }
        return origins[origin]
    }

    /// Whether it is a browser's question before a request of a page's.
    static func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.origin] != nil && request.headers[.accessControlRequestMethod] != nil
    }

    /// The answer to a browser's question.
    ///
    /// - Parameter methods: those of the path.
    /// - Throws: ``Problem``: 403 for pages of an origin that isn't allowed.
    func preflightAnswer(to request: Request, methods: String) throws -> RenderedAnswer {
        guard reader(of: request) != nil else { throw Problem.originNotAllowed }
        return RenderedAnswer(status: 204, body: [], cache: .noStore, preflightMethods: methods)
    }

    /// - Parameter methods: of a browser's question; `nil` at all other answers.
    static func addFields(to headers: inout HTTPFields, reader: WebOrigin, methods: String?) {
        headers.append(HTTPField(name: .accessControlAllowOrigin, value: reader.text))
        guard let methods else {
            return headers.append(HTTPField(name: .accessControlExposeHeaders, value: answerFields))
        }
        headers.append(HTTPField(name: .accessControlAllowMethods, value: methods))
        headers.append(HTTPField(name: .accessControlAllowHeaders, value: requestFields))
        headers.append(HTTPField(name: .accessControlMaxAge, value: preflightSeconds))
    }
}

extension Problem {
    /// 403: a browser asks for a page whose origin HTTP_ALLOWED_ORIGINS doesn't name.
    static let originNotAllowed = Problem.forbidden("origin_not_allowed")
}

extension HTTPFields {
    /// Says that the answer depends on a field of the request: Vary, wherever it is added to, names all of them.
    mutating func vary(by field: HTTPField.Name) {
        self[.vary] = self[.vary].map { "\($0), \(field.rawName)" } ?? field.rawName
    }
}
