import Text

/// Schemas in the form of OpenAPI 3.1 (JSON Schema 2020-12), and the named ones among them.
struct SchemaDocument {
    /// What has a name of its own, by which others refer to it.
    enum Component: Hashable {
        case object(ObjectSchema)
        case words([String])
        /// The page of a list, and the name of the items' schema.
        case page(of: String)
    }

    /// By name.
    private(set) var components: [String: Component] = [:]
    /// Names that two different schemas have.
    private(set) var clashes: [String] = []

    /// Adds all named schemas within this one.
    mutating func collect(_ schema: Schema) {
        switch schema {
        case .object(let object): collect(object)
        case .array(let element, _): collect(element)
        case .nullable(let inner): collect(inner)
        case .enumeration(let words, let name): add(.words(words), name)
        case .text, .integer, .number, .boolean: break
        }
    }

    mutating func collect(_ object: ObjectSchema) {
        guard add(.object(object), object.name) else { return }
        for field in object.fields { collect(field.schema) }
    }

    /// Adds the answer of a list, and what its items are.
    mutating func collectPage(of object: ObjectSchema) {
        collect(object)
        add(.page(of: object.name), Self.pageName(object))
    }

    /// - Returns: whether the name is a new one.
    @discardableResult
    private mutating func add(_ component: Component, _ name: String) -> Bool {
        if let known = components[name] {
            if known != component { clashes.append(name) }
            return false
        }
        components[name] = component
        return true
    }

    /// `BookPage`
    static func pageName(_ object: ObjectSchema) -> String { object.name + "Page" }

    /// The components by name.
    var json: [JSONMember] {
        components.sorted { $0.key < $1.key }.map { name, component in
            let schema: JSONValue =
                switch component {
                case .object(let object): json(object)
                case .words(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
                case .page(let item): Self.page(of: item)
                }
            return JSONMember(name: name, value: schema)
        }
    }

    private static func page(of item: String) -> JSONValue {
        [
            "type": "object",
            "description": "A part of a list.",
            "properties": [
                "items": ["type": "array", "items": reference(item)],
                "next": ["type": ["string", "null"], "description": "The cursor of the next page; null at the end."],
            ],
            "required": ["items", "next"],
        ]
    }

    func json(_ schema: Schema) -> JSONValue {
        switch schema {
        case .text(let range, let format, let pattern):
            var members: [(String, JSONValue)] = [("type", "string")]
            // The lengths that follow from a format are left out, because the format says more.
            if let range, format == nil || format == "password" {
                if range.lowerBound > 0 { members.append(("minLength", .integer(Int64(range.lowerBound)))) }
                members.append(("maxLength", .integer(Int64(range.upperBound))))
            }
            if let format { members.append(("format", .string(format))) }
            if let pattern { members.append(("pattern", .string(pattern))) }
            return object(members)
        case .integer(let range):
            var members: [(String, JSONValue)] = [("type", "integer"), ("format", "int64")]
            if let range {
                if range.lowerBound > .min { members.append(("minimum", .integer(range.lowerBound))) }
                members.append(("maximum", .integer(range.upperBound)))
            }
            return object(members)
        case .number(let range):
            var members: [(String, JSONValue)] = [("type", "number")]
            if let range { members += [("minimum", .number(range.lowerBound)), ("maximum", .number(range.upperBound))] }
            return object(members)
        case .boolean: return ["type": "boolean"]
        case .enumeration(_, let name): return Self.reference(name)
        case .array(let element, let range):
            var members: [(String, JSONValue)] = [("type", "array"), ("items", json(element))]
            if let range {
                if range.lowerBound > 0 { members.append(("minItems", .integer(Int64(range.lowerBound)))) }
                members.append(("maxItems", .integer(Int64(range.upperBound))))
            }
            return object(members)
        case .object(let schema): return Self.reference(schema.name)
        case .nullable(let inner): return Self.nullable(json(inner))
        }
    }

    /// `"type": ["string", "null"]`, since a list of types is what most generators know; what is referred to has no type here.
    private static func nullable(_ schema: JSONValue) -> JSONValue {
        guard case .object(let members) = schema, members.contains(where: { $0.name == "type" }) else {
            return ["anyOf": [schema, ["type": "null"]]]
        }
        return .object(members.map { $0.name == "type" ? JSONMember(name: $0.name, value: [$0.value, "null"]) : $0 })
    }

    /// The component of a named object.
    func json(_ schema: ObjectSchema) -> JSONValue {
        let properties = schema.fields.map { field in
            JSONMember(name: field.name, value: described(field))
        }
        var members: [(String, JSONValue)] = [("type", "object"), ("properties", .object(properties))]
        let required = schema.fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members.append(("required", .array(required))) }
        if schema.isStrict { members.append(("additionalProperties", false)) }
        return object(members)
    }

    private func described(_ field: FieldSchema) -> JSONValue {
        var schema = json(field.schema)
        if !field.description.isEmpty { schema = schema.adding("description", .string(field.description)) }
        if let example = field.example { schema = schema.adding("examples", [example]) }
        if let defaultValue = field.defaultValue { schema = schema.adding("default", defaultValue) }
        return schema
    }

    static func reference(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    private func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(members.map { JSONMember(name: $0.0, value: $0.1) })
    }
}

extension JSONValue {
    /// The same object with one more member.
    func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members + [JSONMember(name: name, value: value)])
    }
}
