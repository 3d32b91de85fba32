import Crypto
import Text

/// An answer in bytes, before the headers that all answers share.
struct RenderedAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    var contentType: String?
    var location: String?
    var etag: EntityTag?
    var link: String?
    var cache: CachePolicy
    /// The language of the texts in the answer, which is a problem.
    var language: Language?
    /// The events that follow instead of a body.
    var events: EventStream?
    /// Where a browser asked before a request of a page's what the page may ask: the methods of the path.
    var preflightMethods: String?

    /// Makes it 304 when If-None-Match names the answer's tag.
    func unlessMatched(by ifNoneMatch: EntityTagList?) -> RenderedAnswer {
        guard let ifNoneMatch, let etag, ifNoneMatch.matchesWeakly(etag) else { return self }
        var answer = self
        answer.status = 304
        answer.body = []
        answer.contentType = nil
        return answer
    }
}

/// Turns replies into bytes, as the endpoint declares its answers.
struct AnswerRenderer<Value: Sendable>: Sendable {
    private let answers: Answers<Value>

    init(_ answers: Answers<Value>) {
        self.answers = answers
    }

    func render(_ reply: Reply<Value>, for exchange: Exchange) -> RenderedAnswer {
        let selection = exchange.query.selection
        var answer = RenderedAnswer(
            status: reply.status, body: [], contentType: nil, location: reply.location, etag: reply.etag, link: nil,
            cache: exchange.endpoint.caching)
        switch reply.content {
        case .nothing: break
        case .events(let stream):
            answer.contentType = EventStream.contentType
            answer.events = stream
        case .bytes(let bytes):
            answer.body = bytes
            answer.contentType =
                switch answers.form {
                case .plain(let type), .file(let type): type
                case .one, .page, .events, .nothing: "application/json"
                }
        case .value(let value, let encoded):
            answer.contentType = "application/json"
            if let encoded, selection == nil {
                answer.body = encoded
            } else {
                var writer = JSONWriter()
                answers.shape?.write(value, selecting: selection, to: &writer)
                answer.body = writer.bytes
            }
        case .page(let items, let next):
            answer.contentType = "application/json"
            var writer = JSONWriter(reserving: 64 + items.count * 256)
            writer.raw(#"{"items":"#)
            writer.list(items) { writer, item in answers.shape?.write(item, selecting: selection, to: &writer) }
            writer.raw(#","next":"#)
            next.write(to: &writer)
            writer.byte(UInt8(ascii: "}"))
            answer.body = writer.bytes
            answer.link = next.map { Self.link(to: $0, of: exchange) }
            if exchange.endpoint.hasEntityTag { answer.etag = .opaque(Self.digest(of: answer.body)) }
        }
        if case .value(let value, let encoded) = reply.content {
            if reply.status == 201 { answer.location = answers.location?.text(value) }
            let json = selection == nil ? answer.body : encoded
            if let version = reply.etag?.rowVersion {
                answer.etag = digest(of: value, encoded: json).map { .version(version, digest: $0) }
            } else if answer.etag == nil, reply.status == 200, exchange.endpoint.hasEntityTag {
                answer.etag = digest(of: value, encoded: json).map { .opaque($0) }
            }
        }
        return exchange.endpoint.method == .get ? answer.unlessMatched(by: exchange.conditions.ifNoneMatch) : answer
    }

    /// A digest of all fields of the answer, whichever were asked for. It makes a tag strong.
    ///
    /// - Parameter encoded: the JSON of all fields, where it was made already.
    private func digest(of value: Value, encoded: [UInt8]?) -> String? {
        guard let json = encoded ?? answers.shape?.encoded(value) else { return nil }
        return Self.digest(of: json)
    }

    private static func digest(of json: [UInt8]) -> String {
        SHA256.hash(data: json).prefix(16).hexadecimal
    }

    /// The URL of the next page, with the other parameters as they were.
    private static func link(to cursor: String, of exchange: Exchange) -> String {
        var pairs = exchange.query.pairs.filter { $0.name != "cursor" }
        pairs.append(("cursor", cursor))
        return "<\(exchange.path)?\(PercentEncoding.form(pairs.map { ($0.name, $0.value) }))>; rel=\"next\""
    }
}

extension Endpoint {
    /// Whether its answer has an ETag, by which If-None-Match is answered 304: each single resource has one, each file, and each list that
    /// caches may keep. What operators ask, which no limit counts, is no resource.
    var hasEntityTag: Bool {
        method == .get && (answer.selectable != nil || answer.isFile) && rateLimit != .exempt && (!answer.isPage || caching != .noStore)
    }
}
