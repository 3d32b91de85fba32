import Text

/// An endpoint's answers in OpenAPI's form.
struct OpenAPIResponses {
    let json: JSONValue

    init(_ endpoint: Endpoint, _ schemas: SchemaDocument, texts: Texts) {
        var responses: [JSONMember] = [
            JSONMember(name: String(endpoint.answer.status), value: Self.success(endpoint, schemas))
        ]
        if endpoint.hasEntityTag {
            responses.append(JSONMember(name: "304", value: ["description": "It is as you have it."]))
        }
        let problems = EndpointProblems(endpoint, texts: texts).all
        var statuses: [Int] = []
        for problem in problems where !statuses.contains(problem.status) { statuses.append(problem.status) }
        for status in statuses {
            responses.append(JSONMember(name: String(status), value: Self.problem(problems.filter { $0.status == status }, status: status)))
        }
        json = .object(responses)
    }

    private static func success(_ endpoint: Endpoint, _ schemas: SchemaDocument) -> JSONValue {
        let answer = endpoint.answer
        var headers: [OpenAPIHeader] = [.requestID]
        if answer.location != nil { headers.append(.location) }
        if answer.isPage { headers.append(.link) }
        if endpoint.hasEntityTag { headers.append(.entityTag) }
        if endpoint.caching != .noStore { headers.append(.cacheControl) }
        if endpoint.rateLimit != .exempt, !endpoint.isShared { headers += [.rateLimitPolicy, .rateLimit] }
        var response: JSONValue = [
            "description": .string(answer.events.isEmpty ? description(of: endpoint) : description(of: answer.events)),
            "headers": OpenAPIHeader.references(headers, caching: endpoint.caching),
        ]
        if let contentType = answer.contentType {
            let name = String(contentType.prefix { $0 != ";" })
            response = response.adding("content", .object([JSONMember(name: name, value: content(answer))]))
        }
        return response
    }

    private static func content(_ answer: AnswerDeclaration) -> JSONValue {
        guard !answer.isFile else { return ["schema": ["type": "string", "format": "binary"]] }
        guard let schema = answer.schema else {
            return ["schema": answer.contentType == "application/json" ? [:] : ["type": "string"]]
        }
        let reference = SchemaDocument.reference(schema.name)
        guard answer.isPage else { return ["schema": reference, "example": schema.example] }
        return ["schema": SchemaDocument.reference(SchemaDocument.pageName(schema)), "example": ["items": [schema.example], "next": nil]]
    }

    private static func problem(_ problems: [EndpointProblems.Entry], status: Int) -> JSONValue {
        let words = problems.map { "`\($0.code)`: \($0.meaning)" }.joined(separator: "\n\n")
        var headers: [OpenAPIHeader] = [.requestID, .contentLanguage]
        switch status {
        case 401: headers.append(.authenticate)
        case 429, 503: headers.append(.retryAfter)
        default: break
        }
        return [
            "description": .string(words),
            "headers": OpenAPIHeader.references(headers),
            "content": [.problemType: ["schema": SchemaDocument.reference("Problem")]],
        ]
    }

    /// The events of a stream in words, because OpenAPI 3.1 can't describe them.
    private static func description(of events: [EventDeclaration]) -> String {
        let kinds = events.map { "`\($0.name)`: \($0.description) Its data are a `\($0.schema.name)`." }
        return (["A stream of Server-Sent Events."] + kinds).joined(separator: "\n\n")
    }

    private static func description(of endpoint: Endpoint) -> String {
        switch endpoint.answer.status {
        case 200 where endpoint.keepsAnswer: "Here it is, as it was \(endpoint.freshness) when it is sent."
        case 200: "Here it is."
        case 201: "It was made."
        case 202: "It was begun."
        default: "It was done."
        }
    }
}

/// The headers of answers, which stand once among the components.
enum OpenAPIHeader: String, CaseIterable {
    case requestID = "X-Request-Id"
    case location = "Location"
    case link = "Link"
    case entityTag = "ETag"
    case cacheControl = "Cache-Control"
    case rateLimitPolicy = "RateLimit-Policy"
    case rateLimit = "RateLimit"
    case contentLanguage = "Content-Language"
    case authenticate = "WWW-Authenticate"
    case retryAfter = "Retry-After"

    var description: String {
        switch self {
        case .requestID: "The request's id. An answer that caches may keep has none that the caller chose."
        case .location: "The path of what was made."
        case .link: #"The next page, with `rel="next"`; absent at the end."#
        case .entityTag: "Names the state that is shown, for If-None-Match and If-Match."
        case .cacheControl: "Who may keep the answer, and for how long."
        case .rateLimitPolicy: "How many requests in how many seconds."
        case .rateLimit: "How many are left, and when all are back."
        case .contentLanguage: "The language of `title` and `detail`."
        case .authenticate: "How to authenticate."
        case .retryAfter: "Seconds after which to try again."
        }
    }

    /// - Parameter caching: what the endpoint declares, which is the whole value of Cache-Control.
    static func references(_ headers: [OpenAPIHeader], caching: CachePolicy = .noStore) -> JSONValue {
        .object(
            headers.map { header in
                var reference: JSONValue = ["$ref": .string("#/components/headers/\(header.rawValue)")]
                // OpenAPI 3.1 lets a reference to a header have its own description.
                if header == .cacheControl { reference = reference.adding("description", .string("`\(caching.text)`")) }
                return JSONMember(name: header.rawValue, value: reference)
            })
    }
}

extension String {
    fileprivate static var problemType: String { ProblemRenderer.contentType }
}
