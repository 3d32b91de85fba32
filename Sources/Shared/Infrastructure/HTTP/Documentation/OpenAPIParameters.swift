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
            add("query", declaration, schemas)
        }
        for declaration in CommonParameterDeclarations.all(of: endpoint) {
            add("query", declaration, schemas)
        }
        if let schema = endpoint.answer.selectable {
            let names = JSONValue.array(schema.fields.map { .string($0.name) })
            for (name, words) in [("fields", "Only these fields of the answer."), ("omit", "All fields of the answer but these.")] {
                all.append([
                    "name": .string(name), "in": "query", "required": false, "style": "form", "explode": false,
                    "description": .string(words),
                    "schema": ["type": "array", "items": ["type": "string", "enum": names], "minItems": 1],
                ])
            }
        }
        for declaration in CommonParameterDeclarations.headers(of: endpoint) {
            add("header", declaration, schemas)
        }
    }

    private mutating func add(_ place: String, _ declaration: ParameterDeclaration, _ schemas: SchemaDocument) {
        var parameter: JSONValue = [
            "name": .string(declaration.name), "in": .string(place), "required": .bool(declaration.isRequired),
            "description": .string(declaration.description), "schema": schemas.json(declaration.schema),
        ]
        if let example = declaration.example { parameter = parameter.adding("example", example) }
        all.append(parameter)
    }
}

/// The parameters that follow from other parts of an endpoint's declaration.
enum CommonParameterDeclarations {
    /// `limit` and `cursor` of lists.
    static func all(of endpoint: Endpoint) -> [ParameterDeclaration] {
        guard endpoint.answer.isPage else { return [] }
        return [
            ParameterDeclaration(
                name: "limit", schema: QueryReading.limitKind(of: endpoint.answer).schema, isRequired: false,
                description: "How many items at most; 20 unless given.",
                example: nil),
            ParameterDeclaration(
                name: "cursor", schema: QueryReading.cursorKind.schema, isRequired: false,
                description: "The `next` of the page before.", example: nil),
        ]
    }

    static func headers(of endpoint: Endpoint) -> [ParameterDeclaration] {
        var headers: [ParameterDeclaration] = []
        if endpoint.ifMatch == .required {
            headers.append(
                ParameterDeclaration(
                    name: "If-Match", schema: .text(nil, format: nil, pattern: nil), isRequired: true,
                    description: "The ETag that you last saw, or `*` for any.", example: #""1""#))
        }
        if endpoint.hasEntityTag {
            headers.append(
                ParameterDeclaration(
                    name: "If-None-Match", schema: .text(nil, format: nil, pattern: nil), isRequired: false,
                    description: "The ETag that you have; 304 when it still holds.", example: nil))
        }
        if !endpoint.answer.events.isEmpty {
            headers.append(
                ParameterDeclaration(
                    name: "Last-Event-ID", schema: .text(nil, format: nil, pattern: nil), isRequired: false,
                    description: "The id of the last event that you got: the stream goes on from there.", example: nil))
        }
        if endpoint.idempotency {
            headers.append(
                ParameterDeclaration(
                    name: "Idempotency-Key", schema: .text(1...255, format: nil, pattern: "^[ -~]+$"), isRequired: false,
                    description: "Makes a repeated request count once for 24 hours.", example: nil))
        }
        return headers
    }
}
