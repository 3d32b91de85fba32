package import Callers

/// An endpoint with everything about it, as one value. The router, authorisation, validation, rate limits, metrics, `/openapi.json` and
/// docs/api.md derive from a list of these.
///
/// ```swift
/// var show: Endpoint {
///     Endpoint(.get, "/v1/books/{id}", "Shows a book.", access: .open, answers: .ok(BookShape.book)) { call in
///         let book = try await shelf.book(call[.id])
///         return .ok(book, etag: .version(book.version))
///     }
/// }
/// ```
package struct Endpoint: Sendable {
    package let method: Method
    package let path: PathTemplate
    /// One line for the documentation.
    package let purpose: String
    package let access: Access
    package let rateLimit: RateLimitClass
    package let query: [any DeclaredParameter]
    package let ifMatch: IfMatchRule
    /// Whether it accepts an Idempotency-Key.
    package let idempotency: Bool
    /// Whether its own transaction checks that the caller's session and permission still hold. Then it may begin with a cached principal.
    package let rechecksCaller: Bool
    /// Whether its answer is the same for everybody who asks for the same target, and may be a little old. Such an answer is kept in memory
    /// (``AnswerMemory``), and the handler sees no header of the request. Only open endpoints with GET can have it.
    package let keepsAnswer: Bool
    /// How old such an answer may be when it is asked for.
    package let answerLifetime: Duration
    /// What caches may do with its answers; more than nothing only where they are the same for everybody.
    package let caching: CachePolicy
    /// The most bytes that a body may have; `nil` for the service's own limit.
    package let maximumBodyBytes: Int?
    package let input: InputDeclaration
    package let answer: AnswerDeclaration
    /// Its refusals, besides those that follow from the rest of the declaration.
    package private(set) var refusals: [Refusal]
    /// Whether a restricted caller may call it (``Authenticator/restriction(of:)``).
    package private(set) var admitsRestricted = false

    /// `POST /v1/books`
    package let operation: String
    /// The name for generated clients, `createBook`: the declared one, or by the rule of ``OperationName``.
    package let name: String
    let run: @Sendable (Exchange, [UInt8]) async throws -> RenderedAnswer
    let recordAnswer: @Sendable (any Sendable) -> (location: String?, body: [UInt8])?

    /// An endpoint without body.
    ///
    /// - Parameter caching: unless given, lists that are kept may be kept by everybody for a moment, single things that are kept have to be asked
    ///   for again, and all else is not to be stored.
    package init<Answer: Sendable>(
        _ method: Method, _ path: PathTemplate, _ purpose: String,
        name: String? = nil,
        access: Access,
        rateLimit: RateLimitClass? = nil,
        query: [any DeclaredParameter] = [],
        ifMatch: IfMatchRule = .ignored,
        idempotency: Bool = false,
        keepsAnswer: Bool = false,
        answerLifetime: Duration = AnswerMemory.lifetime,
        caching: CachePolicy? = nil,
        answers: Answers<Answer>,
        refusals: [Refusal] = [],
        handler: @escaping @Sendable (Call<Void>) async throws -> Reply<Answer>
    ) {
        self.init(
            method, path, purpose, name: name,
            access: access, rateLimit: rateLimit, query: query, ifMatch: ifMatch, idempotency: idempotency,
            keepsAnswer: keepsAnswer, answerLifetime: answerLifetime, caching: caching, maximumBodyBytes: nil, input: .none,
            answers: answers, refusals: refusals, decode: { _, _ in () }, handler: handler)
    }

    /// An endpoint with a JSON body.
    package init<Input: Sendable, Answer: Sendable>(
        _ method: Method, _ path: PathTemplate, _ purpose: String,
        name: String? = nil,
        access: Access,
        rateLimit: RateLimitClass? = nil,
        query: [any DeclaredParameter] = [],
        body: Body<Input>,
        maximumBodyBytes: Int? = nil,
        ifMatch: IfMatchRule = .ignored,
        idempotency: Bool = false,
        rechecksCaller: Bool = false,
        answers: Answers<Answer>,
        refusals: [Refusal] = [],
        handler: @escaping @Sendable (Call<Input>) async throws -> Reply<Answer>
    ) {
        self.init(
            method, path, purpose, name: name,
            access: access, rateLimit: rateLimit, query: query, ifMatch: ifMatch, idempotency: idempotency,
            rechecksCaller: rechecksCaller, maximumBodyBytes: maximumBodyBytes, input: .json(body.schema), answers: answers,
            refusals: refusals, decode: { _, bytes in try body.decode(bytes) }, handler: handler)
    }

    /// An endpoint with a form as its body (`application/x-www-form-urlencoded`). The handler gets the body as it came: with any
    /// Content-Type, not decoded, and cut when it is too long. It is for callers that can't be told how to write it, and whose every call
    /// is recorded.
    ///
    /// - Parameter form: the content of the form in words, for the documentation.
    package init<Answer: Sendable>(
        _ method: Method, _ path: PathTemplate, _ purpose: String,
        name: String? = nil,
        access: Access,
        rateLimit: RateLimitClass? = nil,
        query: [any DeclaredParameter] = [],
        form: String,
        maximumBodyBytes: Int? = nil,
        answers: Answers<Answer>,
        refusals: [Refusal] = [],
        handler: @escaping @Sendable (Call<RawBody>) async throws -> Reply<Answer>
    ) {
        self.init(
            method, path, purpose, name: name, access: access, rateLimit: rateLimit, query: query, ifMatch: .ignored, idempotency: false,
            maximumBodyBytes: maximumBodyBytes, input: .form(form), answers: answers, refusals: refusals,
            decode: { exchange, bytes in RawBody(exchange, bytes) }, handler: handler)
    }

    /// An endpoint with a file as its body, of one of some types. The handler gets it as it came. So many of these are large that only a few are
    /// in memory at a time (``HTTPConfiguration/maximumFiles``); others are answered 503 before their bytes are read.
    ///
    /// - Parameter file: the types, and what the file is.
    package init<Answer: Sendable>(
        _ method: Method, _ path: PathTemplate, _ purpose: String,
        name: String? = nil,
        access: Access,
        rateLimit: RateLimitClass? = nil,
        query: [any DeclaredParameter] = [],
        file: FileDeclaration,
        maximumBodyBytes: Int,
        answers: Answers<Answer>,
        refusals: [Refusal] = [],
        handler: @escaping @Sendable (Call<RawBody>) async throws -> Reply<Answer>
    ) {
        self.init(
            method, path, purpose, name: name, access: access, rateLimit: rateLimit, query: query, ifMatch: .ignored, idempotency: false,
            maximumBodyBytes: maximumBodyBytes, input: .file(file), answers: answers, refusals: refusals,
            decode: { exchange, bytes in
                guard !bytes.isEmpty else { throw Problem.malformed("file_missing") }
                return RawBody(exchange, bytes)
            }, handler: handler)
    }

    private init<Input: Sendable, Answer: Sendable>(
        _ method: Method, _ path: PathTemplate, _ purpose: String, name: String?,
        access: Access, rateLimit: RateLimitClass?, query: [any DeclaredParameter], ifMatch: IfMatchRule, idempotency: Bool,
        rechecksCaller: Bool = false, keepsAnswer: Bool = false, answerLifetime: Duration = AnswerMemory.lifetime,
        caching: CachePolicy? = nil, maximumBodyBytes: Int?, input: InputDeclaration, answers: Answers<Answer>, refusals: [Refusal],
        decode: @escaping @Sendable (Exchange, [UInt8]) throws -> Input,
        handler: @escaping @Sendable (Call<Input>) async throws -> Reply<Answer>
    ) {
        self.method = method
        self.path = path
        self.purpose = purpose
        self.access = access
        self.rateLimit = rateLimit ?? (method == .get ? .read : .write)
        self.query = query
        self.ifMatch = ifMatch
        self.idempotency = idempotency
        self.rechecksCaller = rechecksCaller
        self.keepsAnswer = keepsAnswer
        self.answerLifetime = answerLifetime
        self.caching = caching ?? (!keepsAnswer ? .noStore : answers.form == .page ? .briefly : .revalidate)
        self.maximumBodyBytes = maximumBodyBytes
        self.input = input
        self.refusals = refusals
        answer = AnswerDeclaration(answers, method: method)
        operation = "\(method.rawValue) \(path.text)"
        self.name = name ?? OperationName.byRule(method, path, answer)
        let renderer = AnswerRenderer(answers)
        run = { exchange, bytes in
            let call = Call(body: try decode(exchange, bytes), exchange: exchange)
            return renderer.render(try await handler(call), for: exchange)
        }
        recordAnswer = { value in
            guard let value = value as? Answer, let shape = answers.shape else { return nil }
            return (answers.location?.text(value), shape.encoded(value))
        }
    }
}

extension Endpoint {
    /// The same endpoint, open to restricted callers too: they need it to lose the restriction.
    package var admittingRestricted: Endpoint {
        var endpoint = self
        endpoint.admitsRestricted = true
        return endpoint
    }

    /// The same endpoint, declared with the refusal for restricted callers.
    ///
    /// - Parameter refusal: the answer for restricted callers.
    package func restricting(_ refusal: Refusal) -> Endpoint {
        guard access != .open, !admitsRestricted else { return self }
        var endpoint = self
        endpoint.refusals.append(refusal)
        return endpoint
    }

    /// Whether a body has a field of its own at that place.
    func hasField(at place: FieldIssue.Place) -> Bool {
        guard case .json(let schema) = input, case .pointer(let pointer) = place else { return false }
        return schema.fields.contains { "/" + $0.name == pointer }
    }

    /// Whether HEAD is answered too. A stream of events has no answer to HEAD.
    var answersHead: Bool { method == .get && answer.events.isEmpty }

    /// In words, how long ago an answer that is kept was so when it is sent: what it may be old when it is asked for, and half a second for
    /// reading and sending.
    var freshness: String {
        let age = (answerLifetime + .milliseconds(500)).components
        let seconds = age.attoseconds > 0 ? age.seconds + 1 : age.seconds
        return seconds <= 1 ? "at most a second ago" : "at most \(seconds) seconds ago"
    }

    /// Whether its answers go to others than who asked, from our memory or from caches on the way.
    var isShared: Bool { keepsAnswer || caching != .noStore }

    /// Whether nothing but the address can make a difference.
    var canKeepAnswer: Bool { access == .open && method == .get && ifMatch == .ignored && !idempotency && answer.events.isEmpty }
}

/// The body that an endpoint takes.
package enum InputDeclaration: Hashable, Sendable {
    case none
    case json(ObjectSchema)
    /// A form that the handler gets as it came, and its content in words.
    case form(String)
    /// A file that the handler gets as it came.
    case file(FileDeclaration)

    var isFile: Bool { if case .file = self { true } else { false } }
}

/// A file that an endpoint takes.
package struct FileDeclaration: Hashable, Sendable {
    /// The media types of which it must be one, as `image/png`.
    package let types: [String]
    /// What it is, in words, for the documentation.
    package let description: String

    package init(types: [String], _ description: String) {
        self.types = types
        self.description = description
    }
}

/// An endpoint's successful answer, without the type of its values.
package struct AnswerDeclaration: Hashable, Sendable {
    /// How many items a part of a list may have, where the endpoint says nothing else.
    static let usualPageLimit = 100

    package let status: Int
    /// The schema; `nil` when the answer is empty or text.
    package let schema: ObjectSchema?
    /// Whether the answer is a part of a list.
    package let isPage: Bool
    /// How many items a part of a list may have.
    let pageLimit: Int
    /// The path of a created object; `nil` when nothing is created.
    package let location: PathTemplate?
    /// The kinds of events, when the answer is a stream.
    package let events: [EventDeclaration]
    /// The media type; `nil` when the answer is empty.
    package let contentType: String?
    /// Whether the answer is a file rather than text or JSON.
    package let isFile: Bool
    /// The schema from whose fields `fields` and `omit` choose; only for GET.
    let selectable: ObjectSchema?

    init(_ answers: Answers<some Sendable>, method: Method) {
        status = answers.status
        schema = answers.shape?.schema
        isPage = answers.form == .page
        pageLimit = answers.pageLimit
        location = answers.location?.template
        selectable = method == .get ? answers.shape?.schema : nil
        isFile = if case .file = answers.form { true } else { false }
        events = if case .events(let events) = answers.form { events } else { [] }
        contentType =
            switch answers.form {
            case .one, .page: "application/json"
            case .plain(let contentType), .file(let contentType): contentType
            case .events: EventStream.contentType
            case .nothing: nil
            }
    }
}
