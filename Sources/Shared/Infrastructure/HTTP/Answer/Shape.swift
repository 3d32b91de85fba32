import Text

/// The form of an object in an answer: its fields, declared once.
///
/// ```swift
/// static let company = Shape<Company>("Company", .id("id", "Number of the company.") { $0.id }, .text("name", "Name.", example: "Bona") { $0.name })
/// ```
/// The writer, the schema, the documentation and `fields`/`omit` all read this declaration. A shape that has fields of another one takes
/// them from there (``ShapeField/fields(of:_:get:)``).
package struct Shape<Value>: Sendable {
    package let schema: ObjectSchema
    @usableFromInline let writers: [FieldWriter<Value>]

    /// - Parameter name: the schema's name, in upper camel case.
    package init(_ name: String, _ fields: ShapeField<Value>...) {
        writers = fields.flatMap { $0.members.map(\.writer) }
        schema = ObjectSchema(
            name: name, fields: fields.flatMap { $0.members.map(\.schema) }, isStrict: false, unknownNames: fields.flatMap(\.unknownNames))
    }

    /// The JSON text of a value.
    @inlinable package func encoded(_ value: Value) -> [UInt8] {
        var writer = JSONWriter()
        write(value, to: &writer)
        return writer.bytes
    }

    /// - Parameter selection: the wanted fields; `nil` for all.
    @inlinable func write(_ value: Value, selecting selection: FieldSelection? = nil, to writer: inout JSONWriter) {
        writer.byte(UInt8(ascii: "{"))
        var isFirst = true
        // This loops over indexes: where the code isn't specialised, a sequence of pairs costs more than writing the fields.
        for index in writers.indices {
            if let selection, !selection.contains(index) { continue }
            let field = writers[index]
            if let isAbsent = field.isAbsent, isAbsent(value) { continue }
            if !isFirst { writer.byte(UInt8(ascii: ",")) }
            isFirst = false
            writer.raw(field.key)
            field.write(value, &writer)
        }
        writer.byte(UInt8(ascii: "}"))
    }
}

/// Which of an answer's fields the caller wants, by their index in the shape.
@usableFromInline struct FieldSelection: Hashable, Sendable {
    private let wanted: [Bool]

    @usableFromInline func contains(_ index: Int) -> Bool {
        wanted[index]
    }

    /// Reads `fields` (only these) and `omit` (all but these), both names separated by commas.
    ///
    /// - Throws: ``FieldIssue`` for a name that the shape doesn't have.
    init?(fields: String?, omit: String?, of schema: ObjectSchema) throws(FieldIssue) {
        guard fields != nil || omit != nil else { return nil }
        let names = schema.fields.map(\.name)
        var wanted = [Bool](repeating: fields == nil, count: names.count)
        for index in try Self.indices(in: fields, parameter: "fields", names: names) { wanted[index] = true }
        for index in try Self.indices(in: omit, parameter: "omit", names: names) { wanted[index] = false }
        self.wanted = wanted
    }

    private static func indices(in list: String?, parameter: String, names: [String]) throws(FieldIssue) -> [Int] {
        guard let list else { return [] }
        var indices: [Int] = []
        for name in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let index = names.firstIndex(where: { $0 == name }) else {
                throw FieldIssue(
                    .parameter(parameter), "unknown_field", ["values": .array(names.map { .string($0) })])
            }
            indices.append(index)
        }
        return indices
    }
}
