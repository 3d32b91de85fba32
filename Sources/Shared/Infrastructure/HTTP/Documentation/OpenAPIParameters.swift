import Text

/// An endpoint's parameters in OpenAPI's form.
struct OpenAPIParameters {
    private(set) var all: [JSONValue] = []

    init(_ endpoint: Endpoint, _ schemas: SchemaDocument) {
        for (name, kind) in endpoint.path.parameters {
            all.append([
                "name": .string(name), "in": "path", "required": true, "schema": schemas.json(kind.schema),
                "example": kind.schema.example,
            ])
        }
        for declaration in endpoint.query.map(\.declaration) {
            all.append(Self.json("query", declaration, schemas))
        }
        for declaration in CommonParameterDeclarations.all(of: endpoint) {
            if CommonParameterDeclarations.isComponent(declaration, of: endpoint) {
                refer(to: declaration)
            } else {
                all.append(Self.json("query", declaration, schemas))
            }
        }
        if let schema = endpoint.answer.selectable {
            let names = schemas.json(schema.fieldNames)
            for (name, words) in [("fields", "Only these fields of the answer"), ("omit", "All fields of the answer but these")] {
                all.append([
                    "name": .string(name), "in": "query", "required": false, "style": "form", "explode": false,
                    "description": .string("\(words); the others are missing then, also those that its schema requires."),
                    "schema": ["type": "array", "items": names, "minItems": 1],
                ])
            }
        }
        for declaration in CommonParameterDeclarations.headers(of: endpoint) { refer(to: declaration) }
    }

    /// Common parameters stand once among the components.
    private mutating func refer(to declaration: ParameterDeclaration) {
        all.append(["$ref": .string("#/components/parameters/\(declaration.name)")])
    }

    static func json(_ place: String, _ declaration: ParameterDeclaration, _ schemas: SchemaDocument) -> JSONValue {
        var parameter: JSONValue = [
            "name": .string(declaration.name), "in": .string(place), "required": .bool(declaration.isRequired),
            "description": .string(declaration.description), "schema": schemas.json(declaration.schema),
        ]
        if let example = declaration.example { parameter = parameter.adding("example", example) }
        return parameter
    }
}

/// The parameters that follow from other parts of an endpoint's declaration.
enum CommonParameterDeclarations {
    private static let cursor = ParameterDeclaration(
        name: "cursor", schema: QueryReading.cursorKind.schema, isRequired: false, description: "The `next` of the page before.",
        example: nil)
    private static let ifMatch = ParameterDeclaration(
        name: "If-Match", schema: .text(nil, format: nil, pattern: nil), isRequired: true,
        description: "The ETag that you last saw, or `*` for any.", example: #""1""#)
    private static let ifNoneMatch = ParameterDeclaration(
        name: "If-None-Match", schema: .text(nil, format: nil, pattern: nil), isRequired: false,
        description: "The ETag that you have; 304 when it still holds.", example: nil)
    private static let lastEventID = ParameterDeclaration(
        name: "Last-Event-ID", schema: .text(nil, format: nil, pattern: nil), isRequired: false,
        description: "The id of the last event that you got: the stream goes on from there.", example: nil)
    private static let idempotencyKey = ParameterDeclaration(
        name: "Idempotency-Key", schema: .text(1...255, format: nil, pattern: "^[ -~]+$"), isRequired: false,
        description: "Makes a repeated request count once for 24 hours.", example: nil)

    private static func limit(of answer: AnswerDeclaration) -> ParameterDeclaration {
        ParameterDeclaration(
            name: "limit", schema: QueryReading.limitKind(of: answer).schema, isRequired: false,
            description: "How many items at most; 20 unless given.", example: nil)
    }

    /// Whether a parameter is the same wherever it stands. Few lists give more at once than is usual.
    static func isComponent(_ declaration: ParameterDeclaration, of endpoint: Endpoint) -> Bool {
        declaration.name != "limit" || endpoint.answer.pageLimit == AnswerDeclaration.usualPageLimit
    }

    /// `limit` and `cursor` of lists.
    static func all(of endpoint: Endpoint) -> [ParameterDeclaration] {
        endpoint.answer.isPage ? [limit(of: endpoint.answer), cursor] : []
    }

    static func headers(of endpoint: Endpoint) -> [ParameterDeclaration] {
        var headers: [ParameterDeclaration] = []
        if endpoint.ifMatch == .required { headers.append(ifMatch) }
        if endpoint.hasEntityTag { headers.append(ifNoneMatch) }
        if !endpoint.answer.events.isEmpty { headers.append(lastEventID) }
        if endpoint.idempotency { headers.append(idempotencyKey) }
        return headers
    }
}
