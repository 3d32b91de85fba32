import Text

/// A kind of values for fields and parameters: how a value is read, checked and described.
package struct FieldKind<Value: Sendable>: Sendable {
    /// The values that it takes.
    package let schema: Schema
    /// Reads a JSON value. On a fault it adds issues whose pointers start at this value, and returns `nil`.
    let read: @Sendable (JSONValue, inout [FieldIssue]) -> Value?
    /// Reads the text of a parameter.
    let parse: @Sendable (String) throws(ValueFault) -> Value
    /// The JSON of a value, for defaults.
    let present: @Sendable (Value) -> JSONValue

    /// A kind with one rule for JSON and one for text.
    init(
        schema: Schema,
        decode: @escaping @Sendable (JSONValue) throws(ValueFault) -> Value,
        parse: @escaping @Sendable (String) throws(ValueFault) -> Value,
        present: @escaping @Sendable (Value) -> JSONValue
    ) {
        self.schema = schema
        self.read = { value, issues in
            do throws(ValueFault) {
                return try decode(value)
            } catch {
                issues.append(FieldIssue("", error))
                return nil
            }
        }
        self.parse = parse
        self.present = present
    }

    /// A kind that is read like another one.
    init(
        schema: Schema, composite read: @escaping @Sendable (JSONValue, inout [FieldIssue]) -> Value?,
        parse: @escaping @Sendable (String) throws(ValueFault) -> Value, present: @escaping @Sendable (Value) -> JSONValue
    ) {
        self.schema = schema
        self.read = read
        self.parse = parse
        self.present = present
    }

    /// A kind of several values, which only JSON can hold.
    init(
        composite schema: Schema, read: @escaping @Sendable (JSONValue, inout [FieldIssue]) -> Value?,
        present: @escaping @Sendable (Value) -> JSONValue
    ) {
        self.schema = schema
        self.read = read
        self.parse = { _ throws(ValueFault) in throw ValueFault("unsupported") }
        self.present = present
    }

    /// A kind that is written as a JSON string.
    ///
    /// - Parameters:
    ///   - format: the `format` of the schema, such as `date`.
    ///   - length: how many Unicode scalars it may have. The length and the schema's pattern are checked before `parse` runs. Text with NUL
    ///     characters is refused.
    ///   - parse: returns `nil` for text that is not of this kind.
    ///   - fault: the fault for such text.
    package static func parsed(
        schema: Schema,
        length: ClosedRange<Int>,
        fault: ValueFault,
        parse: @escaping @Sendable (String) -> Value?,
        present: @escaping @Sendable (Value) -> String
    ) -> FieldKind {
        let pattern = TextPattern(of: schema)
        let parseText: @Sendable (String) throws(ValueFault) -> Value = { text throws(ValueFault) in
            try TextRule.check(text, length: length)
            if let pattern, !pattern.matches(text) { throw pattern.fault }
            guard let value = parse(text) else { throw fault }
            return value
        }
        return FieldKind(
            schema: schema,
            decode: { value throws(ValueFault) in
                guard case .string(let text) = value else { throw ValueFault.wrongType(value, wanted: .text) }
                return try parseText(text)
            },
            parse: parseText,
            present: { .string(present($0)) }
        )
    }
}

extension ValueFault {
    static func wrongType(_ value: JSONValue, wanted: JSONType) -> ValueFault {
        ValueFault("wrong_type", ["expected": .string(wanted.rawValue), "found": .string(value.type.rawValue)])
    }

    /// A parameter, which is always text, that can't be read as the type.
    static func unreadable(as type: JSONType) -> ValueFault {
        ValueFault("wrong_type", ["expected": .string(type.rawValue), "found": .string(JSONType.text.rawValue)])
    }

    static func outOfRange(_ range: ClosedRange<some FixedWidthInteger>) -> ValueFault {
        outOfRange(.integer(Int64(clamping: range.lowerBound)), .integer(Int64(clamping: range.upperBound)))
    }

    static func outOfRange(_ range: ClosedRange<Double>) -> ValueFault {
        outOfRange(.number(range.lowerBound), .number(range.upperBound))
    }

    private static func outOfRange(_ minimum: JSONValue, _ maximum: JSONValue) -> ValueFault {
        ValueFault("out_of_range", ["minimum": minimum, "maximum": maximum])
    }
}

/// The rules that hold for every text that comes in.
enum TextRule {
    /// - Parameter length: in Unicode scalars, as JSON Schema and PostgreSQL count.
    static func check(_ text: String, length: ClosedRange<Int>) throws(ValueFault) {
        var count = 0
        for scalar in text.unicodeScalars {
            // PostgreSQL can't store NUL in text.
            if scalar == "\0" { throw ValueFault("nul_character") }
            count += 1
        }
        if count < length.lowerBound {
            throw ValueFault("too_short", ["minimum": .integer(Int64(length.lowerBound))])
        }
        if count > length.upperBound {
            throw ValueFault("too_long", ["limit": .integer(Int64(length.upperBound))])
        }
    }
}
