/// The parts of a field that writing it needs, without its schema: shapes copy this for each field of each value.
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
}
