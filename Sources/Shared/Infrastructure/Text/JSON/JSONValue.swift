/// A JSON value whose objects keep the order of their members.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number that fits 64 bits, however it is written: `6`, `6.0` and `6e0` are the same number.
    case integer(Int64)
    /// Any other number, as the nearest double. The double may be whole although the number isn't, because that was decided by the number's
    /// digits.
    case number(Double)
    /// A number that neither can hold, such as `1e999`.
    case numberOutOfRange
    case string(String)
    case array([JSONValue])
    case object([JSONMember])
}

/// A name and its value in a JSON object.
package struct JSONMember: Hashable, Sendable {
    package let name: String
    package let value: JSONValue

    package init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// The first member of that name; `nil` if there is none or this is no object.
    package subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// By which a value of another type than is wanted is refused.
    package var type: JSONType {
        switch self {
        case .null: .null
        case .bool: .boolean
        case .integer, .number, .numberOutOfRange: .number
        case .string: .text
        case .array: .array
        case .object: .object
        }
    }
}

/// The types of JSON Schema.
package enum JSONType: String, CaseIterable, Hashable, Sendable {
    case object
    case array
    case text = "string"
    case integer
    case number
    case boolean
    case null
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember(name: $0.0, value: $0.1) })
    }
}
