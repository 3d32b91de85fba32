import Callers
package import Text

/// A service's endpoint table as an OpenAPI 3.1 document.
package struct OpenAPIDocument: Sendable {
    private let name: String
    private let purpose: String
    private let endpoints: [Endpoint]
    private let texts: Texts

    package init(name: String, purpose: String, endpoints: [Endpoint], texts: Texts = .none) {
        self.texts = texts
        self.name = name
        self.purpose = purpose
        self.endpoints = endpoints
    }

    package var text: String { json.text }

    /// - Throws: ``EndpointTableError`` when two different schemas or two endpoints have one name.
    func check() throws {
        if let name = schemas().clashes.first { throw EndpointTableError.schemaNameTwice(name) }
        var names: Set<String> = []
        for endpoint in endpoints where !names.insert(endpoint.name).inserted {
            throw EndpointTableError.operationNameTwice(endpoint.name)
        }
    }

    package var json: JSONValue {
        let schemas = schemas()
        var paths: [(name: String, operations: [JSONMember])] = []
        for endpoint in endpoints {
            let operation = JSONMember(name: endpoint.method.rawValue.lowercased(), value: self.operation(endpoint, schemas))
            if let index = paths.firstIndex(where: { $0.name == endpoint.path.text }) {
                paths[index].operations.append(operation)
            } else {
                paths.append((endpoint.path.text, [operation]))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(name), "version": "1", "description": .string(purpose)],
            "servers": [["url": "/"]],
            "security": [["bearer": []]],
            "paths": .object(paths.map { JSONMember(name: $0.name, value: .object($0.operations)) }),
            "components": [
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer"]],
                "parameters": .object(commonParameters(schemas)),
                "headers": .object(
                    OpenAPIHeader.allCases.map {
                        JSONMember(name: $0.rawValue, value: ["description": .string($0.description), "schema": ["type": "string"]])
                    }),
                "schemas": .object(
                    schemas.json + [
                        JSONMember(name: "Problem", value: Self.problemSchema),
                        JSONMember(name: "FieldError", value: Self.fieldErrorSchema),
                    ]),
            ],
        ]
    }

    /// The common parameters of any endpoint, each once.
    private func commonParameters(_ schemas: SchemaDocument) -> [JSONMember] {
        var members: [JSONMember] = []
        for endpoint in endpoints {
            let parameters =
                CommonParameterDeclarations.all(of: endpoint).map { ("query", $0) }
                + CommonParameterDeclarations.headers(of: endpoint).map { ("header", $0) }
            for (place, declaration) in parameters
            where CommonParameterDeclarations.isComponent(declaration, of: endpoint)
                && !members.contains(where: { $0.name == declaration.name })
            {
                members.append(JSONMember(name: declaration.name, value: OpenAPIParameters.json(place, declaration, schemas)))
            }
        }
        return members
    }

    private func schemas() -> SchemaDocument {
        var schemas = SchemaDocument()
        for endpoint in endpoints {
            for parameter in endpoint.query.map(\.declaration) { schemas.collect(parameter.schema) }
            if case .json(let schema) = endpoint.input { schemas.collect(schema) }
            if let schema = endpoint.answer.schema {
                if endpoint.answer.isPage { schemas.collectPage(of: schema) } else { schemas.collect(schema) }
            }
            if let schema = endpoint.answer.selectable { schemas.collect(schema.fieldNames) }
            for event in endpoint.answer.events { schemas.collect(event.schema) }
        }
        return schemas
    }

    private func operation(_ endpoint: Endpoint, _ schemas: SchemaDocument) -> JSONValue {
        var operation: JSONValue = [
            "operationId": .string(endpoint.name),
            "summary": .string(endpoint.purpose),
            "tags": [.string(Self.tag(endpoint))],
        ]
        if case .permission(let resource, let bits) = endpoint.access {
            let words = bits.words.joined(separator: " and ")
            operation = operation.adding(
                "description", .string("Needs the permission to \(words) (\(bits.rawValue)) \(resource.rawValue)."))
        }
        if endpoint.access == .open { operation = operation.adding("security", []) }
        let parameters = OpenAPIParameters(endpoint, schemas).all
        if !parameters.isEmpty { operation = operation.adding("parameters", .array(parameters)) }
        switch endpoint.input {
        case .none: break
        case .json(let schema):
            operation = operation.adding(
                "requestBody",
                [
                    "required": true,
                    "content": ["application/json": ["schema": SchemaDocument.reference(schema.name), "example": schema.example]],
                ])
        case .file(let file):
            let content = file.types.map { JSONMember(name: $0, value: ["schema": ["type": "string", "format": "binary"]]) }
            operation = operation.adding(
                "requestBody", ["required": true, "description": .string(file.description), "content": .object(content)])
        case .form(let description):
            operation = operation.adding(
                "requestBody",
                [
                    "required": true, "description": .string(description),
                    "content": [
                        "application/x-www-form-urlencoded": ["schema": ["type": "object", "additionalProperties": ["type": "string"]]]
                    ],
                ])
        }
        return operation.adding("responses", OpenAPIResponses(endpoint, schemas, texts: texts).json)
    }

    private static func tag(_ endpoint: Endpoint) -> String {
        let words = endpoint.path.text.split(separator: "/")
        return words.first == "v1" && words.count > 1 ? String(words[1]) : "operations"
    }

    private static let problemSchema: JSONValue = [
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "properties": [
            "type": ["type": "string", "format": "uri", "description": "Names the kind of problem."],
            "title": ["type": "string", "description": "The status in words, in the same language."],
            "status": ["type": "integer", "minimum": 400, "maximum": 599],
            "code": ["type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "A stable word for the kind of problem."],
            "detail": [
                "type": "string",
                "description": "For a person, in the language of Accept-Language (Content-Language says which): what to do next.",
            ],
            "instance": ["type": "string", "description": "The path of the request."],
            "request_id": ["type": "string", "description": "The request's id, as in X-Request-Id."],
            "errors": [
                "type": "array",
                "description": "The fields, parameters and headers that are wrong.",
                "items": SchemaDocument.reference("FieldError"),
            ],
        ],
        "required": ["type", "title", "status", "code", "detail", "instance", "request_id"],
    ]

    private static let fieldErrorSchema: JSONValue = [
        "type": "object",
        "description": "What is wrong with one value of a request; one of `pointer`, `parameter` and `header` says which.",
        "properties": [
            "pointer": ["type": "string", "description": "JSON pointer (RFC 6901) into the body."],
            "parameter": ["type": "string", "description": "The name of a parameter."],
            "header": ["type": "string", "description": "The name of a header."],
            "code": ["type": "string", "pattern": "^[a-z][a-z0-9_]*$", "description": "A stable word for what is wrong."],
            "detail": ["type": "string", "description": "For a person, in the same language as the problem."],
        ],
        "required": ["code", "detail"],
    ]
}
