package import Text

/// The values that a field, parameter or answer can have. The OpenAPI schema and the words in the documentation are made from it.
package indirect enum Schema: Hashable, Sendable {
    /// Text with its length in Unicode scalars, and the format that it has.
    case text(ClosedRange<Int>?, format: String?, pattern: String?)
    case integer(ClosedRange<Int64>?)
    case number(ClosedRange<Double>?)
    case boolean
    /// Some words, and the name of their set among the components.
    case enumeration([String], name: String)
    case array(Schema, ClosedRange<Int>?)
    case object(ObjectSchema)
    case nullable(Schema)
}

/// An object with a name of its own among the components.
package struct ObjectSchema: Hashable, Sendable {
    package let name: String
    package let fields: [FieldSchema]
    /// Whether other keys are refused, as in bodies.
    package let isStrict: Bool
    /// Fields that were to be taken from another shape that doesn't have them. A test refuses them.
    package var unknownNames: [String] = []
}

/// One member of an object.
package struct FieldSchema: Hashable, Sendable {
    package let name: String
    package let schema: Schema
    package let isRequired: Bool
    package let description: String
    package let example: JSONValue?
    package let defaultValue: JSONValue?
    /// Whether the object's example has the field; `false` where it can't stand together with another field.
    package var isInExample = true
}

extension Schema {
    /// All words of a type. Their set has the type's name, after those of the types that it stands in: `BookState` for `Book.State` too.
    package static func words<Word: RawRepresentable & CaseIterable>(of type: Word.Type) -> Schema where Word.RawValue == String {
        let parts = String(reflecting: type).split(separator: ".").dropFirst()
        // Where an endpoint or a body has a type of its own, only that is named. A private type has a part in parentheses.
        let outer = parts.dropLast().filter { !$0.contains("(") && !$0.hasSuffix("Endpoints") && !$0.hasSuffix("Body") }
        return .enumeration(Word.allCases.map(\.rawValue), name: (outer + parts.suffix(1)).joined())
    }

    /// The value of an example that is written as text.
    func example(from text: String?) -> JSONValue? {
        guard let text else { return nil }
        switch self {
        case .text, .enumeration: return .string(text)
        case .nullable(let schema): return schema.example(from: text)
        case .integer, .number, .boolean, .array, .object: return (try? JSONParser.parse(text)) ?? .string(text)
        }
    }

    /// A value that fits, for fields that declare no example.
    package var example: JSONValue {
        switch self {
        case .text(let range, let format, _):
            switch format {
            case "date": "2026-10-01"
            case "date-time": "2026-10-01T12:00:00Z"
            case "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e"
            default:
                .string(String(repeating: "text", count: max(1, ((range?.lowerBound ?? 1) + 3) / 4)).prefixString(range?.upperBound ?? 4))
            }
        case .integer(let range): .integer(range.map { $0.contains(1) ? 1 : $0.lowerBound } ?? 1)
        case .number(let range): .number(range.map { $0.contains(1.5) ? 1.5 : $0.lowerBound } ?? 1.5)
        case .boolean: true
        case .enumeration(let words, _): words.first.map { .string($0) } ?? .null
        case .array(let element, let range): (range?.upperBound ?? 1) == 0 ? [] : .array([element.example])
        case .object(let object): object.example
        case .nullable(let schema): schema.example
        }
    }
}

extension ObjectSchema {
    /// The names of the fields, from which `fields` and `omit` choose.
    var fieldNames: Schema { .enumeration(fields.map(\.name), name: name + "Field") }

    /// An object of the fields' examples, or of their defaults.
    package var example: JSONValue {
        .object(fields.filter(\.isInExample).map { JSONMember(name: $0.name, value: $0.example ?? $0.defaultValue ?? $0.schema.example) })
    }
}

extension String {
    fileprivate func prefixString(_ count: Int) -> String {
        String(prefix(count))
    }
}
