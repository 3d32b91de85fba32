import Text

/// One field of a body.
///
/// Examples are written as text, even for numbers (`"99"`) and arrays (`#"["2D"]"#`). A literal default states its type (`default: 4 as
/// Int64`). With other literals next to a parameter pack the type checker takes minutes.
package struct Field<Value: Sendable>: Sendable {
    let schema: FieldSchema
    /// Reads the field from the value under its name (`nil` when the name is absent). Issues point below the body.
    let read: @Sendable (JSONValue?, inout [FieldIssue]) -> Value?

    /// A field that must be there.
    package static func required(_ name: String, _ kind: FieldKind<Value>, _ description: String, example: String? = nil) -> Field {
        Field(
            schema: FieldSchema(
                name: name, schema: kind.schema, isRequired: true, description: description, example: kind.schema.example(from: example),
                defaultValue: nil),
            read: { value, issues in
                guard let value else {
                    issues.append(FieldIssue("/\(name)", "missing"))
                    return nil
                }
                return kind.read(value, under: name, &issues)
            }
        )
    }

    /// A field that may be absent; null is refused.
    ///
    /// - Parameter isInExample: `false` where it can't stand together with another field of the example.
    package static func optional<Wrapped: Sendable>(
        _ name: String, _ kind: FieldKind<Wrapped>, _ description: String, example: String? = nil, isInExample: Bool = true
    ) -> Field where Value == Wrapped? {
        Field(
            schema: FieldSchema(
                name: name, schema: kind.schema, isRequired: false, description: description, example: kind.schema.example(from: example),
                defaultValue: nil, isInExample: isInExample),
            read: { value, issues in
                guard let value else { return .some(nil) }
                return kind.read(value, under: name, &issues).map { .some($0) }
            }
        )
    }

    /// A field that may be absent or null, which mean the same. It is for new objects, whose answers show the field as null.
    package static func nullable<Wrapped: Sendable>(
        _ name: String, _ kind: FieldKind<Wrapped>, _ description: String, example: String? = nil
    ) -> Field where Value == Wrapped? {
        Field(
            schema: FieldSchema(
                name: name, schema: .nullable(kind.schema), isRequired: false, description: description,
                example: kind.schema.example(from: example), defaultValue: nil),
            read: { value, issues in
                guard let value else { return .some(nil) }
                if case .null = value { return .some(nil) }
                return kind.read(value, under: name, &issues).map { .some($0) }
            }
        )
    }

    /// A field that may be absent (`nil`) or null (`.some(nil)`). In a PATCH absent means unchanged, and null clears the field.
    ///
    /// - Parameter isInExample: `false` where it can't stand together with another field of the example.
    package static func clearable<Wrapped: Sendable>(
        _ name: String, _ kind: FieldKind<Wrapped>, _ description: String, example: String? = nil, isInExample: Bool = true
    ) -> Field where Value == Wrapped?? {
        Field(
            schema: FieldSchema(
                name: name, schema: .nullable(kind.schema), isRequired: false, description: description,
                example: kind.schema.example(from: example), defaultValue: nil, isInExample: isInExample),
            read: { value, issues in
                guard let value else { return .some(.none) }
                if case .null = value { return .some(.some(.none)) }
                return kind.read(value, under: name, &issues).map { .some(.some($0)) }
            }
        )
    }

    /// A field with a default value when it is absent.
    package static func defaulted(
        _ name: String, _ kind: FieldKind<Value>, _ description: String, default defaultValue: Value, example: String? = nil
    ) -> Field {
        Field(
            schema: FieldSchema(
                name: name, schema: kind.schema, isRequired: false, description: description, example: kind.schema.example(from: example),
                defaultValue: kind.present(defaultValue)),
            read: { value, issues in
                guard let value else { return defaultValue }
                return kind.read(value, under: name, &issues)
            }
        )
    }
}

extension FieldKind {
    /// Reads the value of a named field, so that the issues point through the name.
    fileprivate func read(_ value: JSONValue, under name: String, _ issues: inout [FieldIssue]) -> Value? {
        let before = issues.count
        let result = read(value, &issues)
        if issues.count > before {
            for position in before..<issues.count { issues[position] = issues[position].inside(name) }
        }
        return result
    }
}
