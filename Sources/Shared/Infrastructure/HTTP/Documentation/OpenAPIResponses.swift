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
        var headers: [(String, String)] = [
            ("X-Request-Id", endpoint.isShared ? "The request's id, unless the caller chose it." : "The request's id.")
        ]
        if answer.status == 201 { headers.append(("Location", "The path of what was made.")) }
        if answer.isPage { headers.append(("Link", "The next page, with `rel=\"next\"`; absent at the end.")) }
        if endpoint.hasEntityTag { headers.append(("ETag", "Names the state that is shown, for If-None-Match and If-Match.")) }
        if endpoint.caching != .noStore { headers.append(("Cache-Control", "`\(endpoint.caching.text)`")) }
        if endpoint.rateLimit != .exempt, !endpoint.isShared {
            headers += [
                ("RateLimit-Policy", "How many requests in how many seconds."), ("RateLimit", "How many are left, and when all are back."),
            ]
        }
        var response: JSONValue = [
            "description": .string(answer.events.isEmpty ? description(of: endpoint) : description(of: answer.events)),
            "headers": .object(
                headers.map { JSONMember(name: $0.0, value: ["description": .string($0.1), "schema": ["type": "string"]]) }),
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
        return [
            "schema": [
                "type": "object",
                "properties": [
                    "items": ["type": "array", "items": reference],
                    "next": ["type": ["string", "null"], "description": "The cursor of the next page; null at the end."],
                ],
                "required": ["items", "next"],
            ],
            "example": ["items": [schema.example], "next": nil],
        ]
    }

    private static func problem(_ problems: [EndpointProblems.Entry], status: Int) -> JSONValue {
        let words = problems.map { "`\($0.code)`: \($0.meaning)" }.joined(separator: "\n\n")
        var response: JSONValue = [
            "description": .string(words),
            "content": [.problemType: ["schema": SchemaDocument.reference("Problem")]],
        ]
        let header: (String, String)? =
            switch status {
            case 401: ("WWW-Authenticate", "How to authenticate.")
            case 429, 503: ("Retry-After", "Seconds after which to try again.")
            default: nil
            }
        if let (name, description) = header {
            response = response.adding(
                "headers",
                .object([JSONMember(name: name, value: ["description": .string(description), "schema": ["type": "string"]])]))
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
        case 200 where endpoint.keepsAnswer: "Here it is, as it was \(endpoint.freshness) when it is sent."
        case 200: "Here it is."
        case 201: "It was made."
        case 202: "It was begun."
        default: "It was done."
        }
    }
}

extension String {
    fileprivate static var problemType: String { ProblemRenderer.contentType }
}
