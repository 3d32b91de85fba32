/// An endpoint's answers in OpenAPI's form.
struct OpenAPIResponses {
    let json: JSONValue

    init(_ endpoint: Endpoint, _ schemas: SchemaDocument) {
        var responses: [JSONMember] = [
            JSONMember(name: String(endpoint.answer.status), value: Self.success(endpoint, schemas))
        ]
        if endpoint.hasEntityTag {
            responses.append(JSONMember(name: "304", value: ["description": "It is as you have it."]))
        }
        let problems = EndpointProblems(endpoint).all
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
        if endpoint.rateLimit != .exempt { headers += [.rateLimitPolicy, .rateLimit] }
        var response: JSONValue = [
            "description": .string(answer.events.isEmpty ? description(of: endpoint) : description(of: answer.events)),
            "headers": OpenAPIHeader.references(headers),
        ]
        if let contentType = answer.contentType {
            let name = String(contentType.prefix { $0 != ";" })
            response = response.adding("content", .object([JSONMember(name: name, value: content(answer))]))
        }
        return response
    }

    private static func content(_ answer: AnswerDeclaration) -> JSONValue {
        guard let schema = answer.schema else {
            return ["schema": answer.contentType == "application/json" ? [:] : ["type": "string"]]
        }
        let reference = SchemaDocument.reference(schema.name)
        guard answer.isPage else { return ["schema": reference, "example": schema.example] }
        return ["schema": SchemaDocument.reference(SchemaDocument.pageName(schema)), "example": ["items": [schema.example], "next": nil]]
    }

    private static func problem(_ problems: [Problem], status: Int) -> JSONValue {
        let words = problems.map { "`\($0.code)`: \($0.detail)" }.joined(separator: "\n\n")
        var response: JSONValue = [
            "description": .string(words),
            "content": [.problemType: ["schema": SchemaDocument.reference("Problem")]],
        ]
        switch status {
        case 401: response = response.adding("headers", OpenAPIHeader.references([.authenticate]))
        case 429, 503: response = response.adding("headers", OpenAPIHeader.references([.retryAfter]))
        default: break
        }
        return response
    }

    /// The events of a stream in words, because OpenAPI 3.1 can't describe them.
    private static func description(of events: [EventDeclaration]) -> String {
        let kinds = events.map { "`\($0.name)`: \($0.description) Its data are a `\($0.schema.name)`." }
        return (["A stream of Server-Sent Events."] + kinds).joined(separator: "\n\n")
    }

    private static func description(of endpoint: Endpoint) -> String {
        switch endpoint.answer.status {
        case 200 where endpoint.keepsAnswer: "Here it is, as it was \(endpoint.freshness)."
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
    case rateLimitPolicy = "RateLimit-Policy"
    case rateLimit = "RateLimit"
    case authenticate = "WWW-Authenticate"
    case retryAfter = "Retry-After"

    var description: String {
        switch self {
        case .requestID: "The request's id."
        case .location: "The path of what was made."
        case .link: #"The next page, with `rel="next"`; absent at the end."#
        case .rateLimitPolicy: "How many requests in how many seconds."
        case .rateLimit: "How many are left, and when all are back."
        case .authenticate: "How to authenticate."
        case .retryAfter: "Seconds after which to try again."
        }
    }

    static func references(_ headers: [OpenAPIHeader]) -> JSONValue {
        .object(headers.map { JSONMember(name: $0.rawValue, value: ["$ref": .string("#/components/headers/\($0.rawValue)")]) })
    }
}

extension String {
    fileprivate static var problemType: String { ProblemRenderer.contentType }
}
