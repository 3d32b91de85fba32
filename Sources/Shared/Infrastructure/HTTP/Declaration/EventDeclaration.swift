/// A kind of event that a stream sends.
package struct EventDeclaration: Hashable, Sendable {
    /// The value of its `event` field.
    package let name: String
    /// The schema of its data.
    package let schema: ObjectSchema
    package let description: String

    package init(_ name: String, _ shape: Shape<some Any>, _ description: String) {
        self.name = name
        schema = shape.schema
        self.description = description
    }
}
