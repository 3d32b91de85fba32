package import Foundation

/// One field of an answer: its name, its meaning, and how to get its value.
package struct ShapeField<Value>: Sendable {
    let schema: FieldSchema
    let writer: FieldWriter<Value>

    @usableFromInline init(
        _ name: String, _ schema: Schema, _ description: String, example: String?, isNullable: Bool,
        isAbsent: (@Sendable (Value) -> Bool)? = nil,
        write: @escaping @Sendable (Value, inout JSONWriter) -> Void
    ) {
        self.schema = FieldSchema(
            name: name,
            schema: isNullable && isAbsent == nil ? .nullable(schema) : schema,
            isRequired: isAbsent == nil,
            description: description,
            example: schema.example(from: example),
            defaultValue: nil
        )
        writer = FieldWriter(name, isAbsent: isAbsent, write: write)
    }

    @inlinable static func plain<Answer: AnswerValue>(
        _ name: String, _ schema: Schema, _ description: String, _ example: String?, _ absentWhenNil: Bool,
        _ get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField {
        let isAbsent: @Sendable (Value) -> Bool = { get($0).isNull }
        return ShapeField(
            name, schema, description, example: example, isNullable: Answer.isNullable, isAbsent: absentWhenNil ? isAbsent : nil
        ) { value, writer in get(value).write(to: &writer) }
    }
}

/// Each function takes the field's name, its meaning, an example, and the getter. When the getter's result is optional, the field can be
/// null, or is left out with `absentWhenNil`.
extension ShapeField {
    /// The number of a resource.
    @inlinable package static func id<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == WholeNumber {
        plain(name, .integer(1...Int64.max), description, example, absentWhenNil, get)
    }

    /// A whole number.
    @inlinable package static func int<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == WholeNumber {
        plain(name, .integer(nil), description, example, absentWhenNil, get)
    }

    /// Text.
    @inlinable package static func text<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == String {
        plain(name, .text(nil, format: nil, pattern: nil), description, example, absentWhenNil, get)
    }

    /// True or false.
    @inlinable package static func bool<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == Bool {
        plain(name, .boolean, description, example, absentWhenNil, get)
    }

    /// A number with a fraction.
    @inlinable package static func double<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == Double {
        plain(name, .number(nil), description, example, absentWhenNil, get)
    }

    /// A moment, in UTC.
    @inlinable package static func timestamp<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == Date {
        plain(name, .text(nil, format: "date-time", pattern: nil), description, example, absentWhenNil, get)
    }

    /// A UUID.
    @inlinable package static func uuid<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == UUID {
        plain(name, .text(36...36, format: "uuid", pattern: nil), description, example, absentWhenNil, get)
    }

    /// Several texts.
    @inlinable package static func texts<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == [String] {
        plain(name, .array(.text(nil, format: nil, pattern: nil), nil), description, example, absentWhenNil, get)
    }

    /// Several whole numbers.
    @inlinable package static func ints<Answer: AnswerValue>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Answer
    ) -> ShapeField where Answer.Plain == [WholeNumber] {
        plain(name, .array(.integer(nil), nil), description, example, absentWhenNil, get)
    }

    /// A day; anything that describes itself as `YYYY-MM-DD`.
    @inlinable package static func day<Day: CustomStringConvertible & SendableMetatype>(
        _ name: String, _ description: String, example: String? = nil, get: @escaping @Sendable (Value) -> Day
    ) -> ShapeField {
        plain(name, .text(10...10, format: "date", pattern: nil), description, example, false) { get($0).description }
    }

    /// A day, or null.
    @inlinable package static func day<Day: CustomStringConvertible & SendableMetatype>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Day?
    ) -> ShapeField {
        plain(name, .text(10...10, format: "date", pattern: nil), description, example, absentWhenNil) { get($0)?.description }
    }

    /// One of the words of a type.
    @inlinable package static func enumeration<Word: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ description: String, example: String? = nil, get: @escaping @Sendable (Value) -> Word
    ) -> ShapeField where Word.RawValue == String {
        plain(name, .enumeration(Word.allCases.map(\.rawValue)), description, example, false) { get($0).rawValue }
    }

    /// One of the words of a type, or none.
    @inlinable package static func enumeration<Word: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Word?
    ) -> ShapeField where Word.RawValue == String {
        plain(name, .enumeration(Word.allCases.map(\.rawValue)), description, example, absentWhenNil) { get($0)?.rawValue }
    }

    /// Several of the words of a type.
    @inlinable package static func enumerations<Word: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ description: String, example: String? = nil, get: @escaping @Sendable (Value) -> [Word]
    ) -> ShapeField where Word.RawValue == String {
        plain(name, .array(.enumeration(Word.allCases.map(\.rawValue)), nil), description, example, false) { get($0).map(\.rawValue) }
    }
}
