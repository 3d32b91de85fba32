/// An answer in bytes, before the headers that all answers share.
struct RenderedAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    var contentType: String?
    var location: String?
    var etag: EntityTag?
    var link: String?
    var cache: CachePolicy
}

/// Turns replies into bytes, as the endpoint declared its answers.
struct AnswerRenderer<Value: Sendable>: Sendable {
    private let answers: Answers<Value>

    init(_ answers: Answers<Value>) {
        self.answers = answers
    }

    func render(_ reply: Reply<Value>, for exchange: Exchange) -> RenderedAnswer {
        let selection = exchange.query.selection
        var answer = RenderedAnswer(
            status: reply.status, body: [], contentType: nil, location: reply.location, etag: reply.etag, link: nil, cache: reply.cache)
        switch reply.content {
        case .nothing: break
        case .bytes(let bytes):
            answer.body = bytes
            answer.contentType = if case .plain(let type) = answers.form { type } else { "application/json" }
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
        }
        if let etag = reply.etag, exchange.conditions.ifNoneMatch?.matchesWeakly(etag) == true, exchange.endpoint.method == .get {
            answer.status = 304
            answer.body = []
            answer.contentType = nil
        }
        return answer
    }

    /// The address of the next page, with the other parameters as they were.
    private static func link(to cursor: String, of exchange: Exchange) -> String {
        var pairs = exchange.query.pairs.filter { $0.name != "cursor" }
        pairs.append(("cursor", cursor))
        let query = pairs.map { "\(PercentEncoding.encoded($0.name))=\(PercentEncoding.encoded($0.value))" }.joined(separator: "&")
        return "<\(exchange.path)?\(query)>; rel=\"next\""
    }
}
