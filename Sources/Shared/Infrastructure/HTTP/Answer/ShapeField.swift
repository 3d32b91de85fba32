package import Foundation

/// One field of an answer: its name, what it means, and where in the value it comes from. Or several fields that another shape declares.
package struct ShapeField<Value>: Sendable {
    let members: [(schema: FieldSchema, writer: FieldWriter<Value>)]
    /// What was to be taken from another shape that doesn't have it.
    var unknownNames: [String] = []

    @usableFromInline init(
        _ name: String, _ schema: Schema, _ description: String, example: String?, isNullable: Bool,
        isAbsent: (@Sendable (Value) -> Bool)? = nil,
        write: @escaping @Sendable (Value, inout JSONWriter) -> Void
    ) {
        let declared = FieldSchema(
            name: name,
            schema: isNullable && isAbsent == nil ? .nullable(schema) : schema,
            isRequired: isAbsent == nil,
            description: description,
            example: schema.example(from: example),
            defaultValue: nil
        )
        members = [(declared, FieldWriter(name, isAbsent: isAbsent, write: write))]
    }

    /// - Parameter names: which fields of the shape; none for all of them.
    private init<Inner>(of shape: Shape<Inner>, _ names: [String], _ writer: (FieldWriter<Inner>) -> FieldWriter<Value>) {
        let fields = zip(shape.schema.fields, shape.writers)
        let wanted = names.isEmpty ? Array(fields) : names.compactMap { name in fields.first { $0.0.name == name } }
        members = wanted.map { ($0, writer($1)) }
        unknownNames = names.filter { name in !wanted.contains { $0.0.name == name } }
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

/// What writing a field needs, apart from its schema: shapes copy this for each field of each value.
package struct FieldWriter<Value>: Sendable {
    /// `"name":`
    @usableFromInline let key: [UInt8]
    @usableFromInline let write: @Sendable (Value, inout JSONWriter) -> Void
    /// Whether the field is left out of this value's answer.
    @usableFromInline let isAbsent: (@Sendable (Value) -> Bool)?

    init(_ name: String, isAbsent: (@Sendable (Value) -> Bool)?, write: @escaping @Sendable (Value, inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.string(name)
        writer.byte(UInt8(ascii: ":"))
        key = writer.bytes
        self.isAbsent = isAbsent
        self.write = write
    }

    /// Writes a field of what the value leads to.
    init<Inner>(_ inner: FieldWriter<Inner>, get: @escaping @Sendable (Value) -> Inner) {
        key = inner.key
        if let isInnerAbsent = inner.isAbsent {
            isAbsent = { value in isInnerAbsent(get(value)) }
        } else {
            isAbsent = nil
        }
        write = { value, writer in inner.write(get(value), &writer) }
    }
}

/// Fields that another shape declares.
extension ShapeField {
    /// The fields with these names, in this order, of another shape for the same values; all its fields when no names are given.
    package static func fields(of shape: Shape<Value>, _ names: String...) -> ShapeField {
        ShapeField(of: shape, names) { $0 }
    }

    /// The same of a shape for what the value leads to. `get` runs once for each of the fields, and its result is copied each time.
    package static func fields<Inner>(
        of shape: Shape<Inner>, _ names: String..., get: @escaping @Sendable (Value) -> Inner
    ) -> ShapeField {
        ShapeField(of: shape, names) { FieldWriter($0, get: get) }
    }
}

/// Each takes the field's name, what it means, an example, and the getter, whose result may be optional: then the field can be null,
/// or with `absentWhenNil` is left out.
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

    /// A day that may not be known.
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
        plain(name, .words(of: Word.self), description, example, false) { get($0).rawValue }
    }

    /// One of the words of a type, or none.
    @inlinable package static func enumeration<Word: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ description: String, example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Word?
    ) -> ShapeField where Word.RawValue == String {
        plain(name, .words(of: Word.self), description, example, absentWhenNil) { get($0)?.rawValue }
    }

    /// Text that is one of some words, where no type holds them all.
    ///
    /// - Parameter set: the name of their set among the schemas.
    @inlinable package static func word(
        _ name: String, of words: [String], named set: String, _ description: String, example: String? = nil,
        get: @escaping @Sendable (Value) -> String
    ) -> ShapeField {
        plain(name, .enumeration(words, name: set), description, example, false, get)
    }

    /// Several of the words of a type.
    @inlinable package static func enumerations<Word: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ description: String, example: String? = nil, get: @escaping @Sendable (Value) -> [Word]
    ) -> ShapeField where Word.RawValue == String {
        plain(name, .array(.words(of: Word.self), nil), description, example, false) { get($0).map(\.rawValue) }
    }
}

/// The same for fields whose values have a shape of their own.
extension ShapeField {
    /// An object of another shape.
    @inlinable package static func object<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil,
        get: @escaping @Sendable (Value) -> Inner
    ) -> ShapeField {
        ShapeField(name, .object(shape.schema), description, example: example, isNullable: false) { value, writer in
            shape.write(get(value), to: &writer)
        }
    }

    /// An object of another shape, or null.
    @inlinable package static func object<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> Inner?
    ) -> ShapeField {
        let isAbsent: @Sendable (Value) -> Bool = { get($0) == nil }
        return ShapeField(
            name, .object(shape.schema), description, example: example, isNullable: true, isAbsent: absentWhenNil ? isAbsent : nil
        ) { value, writer in
            if let inner = get(value) { shape.write(inner, to: &writer) } else { writer.null() }
        }
    }

    /// Several objects of another shape.
    @inlinable package static func list<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil,
        get: @escaping @Sendable (Value) -> [Inner]
    ) -> ShapeField {
        ShapeField(name, .array(.object(shape.schema), nil), description, example: example, isNullable: false) { value, writer in
            writer.list(get(value)) { writer, inner in shape.write(inner, to: &writer) }
        }
    }

    /// Several objects of another shape, or none of that kind at all.
    @inlinable package static func list<Inner>(
        _ name: String, _ shape: Shape<Inner>, _ description: String = "", example: String? = nil, absentWhenNil: Bool = false,
        get: @escaping @Sendable (Value) -> [Inner]?
    ) -> ShapeField {
        let isAbsent: @Sendable (Value) -> Bool = { get($0) == nil }
        return ShapeField(
            name, .array(.object(shape.schema), nil), description, example: example, isNullable: true,
            isAbsent: absentWhenNil ? isAbsent : nil
        ) { value, writer in
            guard let inner = get(value) else { return writer.null() }
            writer.list(inner) { writer, inner in shape.write(inner, to: &writer) }
        }
    }
}
