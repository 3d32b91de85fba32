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
                issues.append(FieldIssue("", error.code, error.detail))
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
        self.parse = { _ throws(ValueFault) in throw ValueFault("unsupported", "Parameters can't hold this kind of value.") }
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
                guard case .string(let text) = value else { throw ValueFault.wrongType(value, wanted: "a string") }
                return try parseText(text)
            },
            parse: parseText,
            present: { .string(present($0)) }
        )
    }
}

extension ValueFault {
    static func wrongType(_ value: JSONValue, wanted: String) -> ValueFault {
        ValueFault("wrong_type", "This must be \(wanted), not \(value.kindName).")
    }

    static func outOfRange(_ range: ClosedRange<some Comparable>) -> ValueFault {
        ValueFault("out_of_range", "This must be from \(range.lowerBound) to \(range.upperBound).")
    }
}

/// The rules that hold for every text that comes in.
enum TextRule {
    /// - Parameter length: in Unicode scalars, as JSON Schema and PostgreSQL count.
    static func check(_ text: String, length: ClosedRange<Int>) throws(ValueFault) {
        var count = 0
        for scalar in text.unicodeScalars {
            // PostgreSQL can't store NUL in text.
            if scalar == "\0" { throw ValueFault("nul_character", "NUL characters are not allowed.") }
            count += 1
        }
        if count < length.lowerBound {
            throw ValueFault(
                "too_short", "This must have at least \(length.lowerBound) \(length.lowerBound == 1 ? "character" : "characters").")
        }
        if count > length.upperBound {
            throw ValueFault(
                "too_long", "This may have at most \(length.upperBound) \(length.upperBound == 1 ? "character" : "characters").")
        }
    }
}
