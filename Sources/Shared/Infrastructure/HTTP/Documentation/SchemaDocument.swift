import Text

/// Schemas in the form of OpenAPI 3.1 (JSON Schema 2020-12), and the named ones among them.
struct SchemaDocument {
    /// By name.
    private(set) var components: [String: ObjectSchema] = [:]
    /// Names that two different schemas have.
    private(set) var clashes: [String] = []
    /// The names of shapes whose fields callers may choose, so that none of their fields is required.
    var selectable: Set<String> = []

    /// Adds all named schemas within this one.
    mutating func collect(_ schema: Schema) {
        switch schema {
        case .object(let object): collect(object)
        case .array(let element, _): collect(element)
        case .nullable(let inner): collect(inner)
        case .text, .integer, .number, .boolean, .enumeration: break
        }
    }

    mutating func collect(_ object: ObjectSchema) {
        if let known = components[object.name] {
            if known != object { clashes.append(object.name) }
            return
        }
        components[object.name] = object
        for field in object.fields { collect(field.schema) }
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
        case .enumeration(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
        case .array(let element, let range):
            var members: [(String, JSONValue)] = [("type", "array"), ("items", json(element))]
            if let range {
                if range.lowerBound > 0 { members.append(("minItems", .integer(Int64(range.lowerBound)))) }
                members.append(("maxItems", .integer(Int64(range.upperBound))))
            }
            return object(members)
        case .object(let schema): return Self.reference(schema.name)
        case .nullable(let inner): return ["anyOf": [json(inner), ["type": "null"]]]
        }
    }

    /// The component of a named object.
    func json(_ schema: ObjectSchema) -> JSONValue {
        let properties = schema.fields.map { field in
            JSONMember(name: field.name, value: described(field))
        }
        var members: [(String, JSONValue)] = [("type", "object"), ("properties", .object(properties))]
        let required = schema.fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty, !selectable.contains(schema.name) { members.append(("required", .array(required))) }
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
