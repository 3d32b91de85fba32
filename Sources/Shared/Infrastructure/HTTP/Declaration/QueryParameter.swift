package import Text

/// A query parameter that an endpoint takes and that may be absent.
///
/// ```swift
/// static let state = QueryParameter("state", .enumeration(BookState.self), "Only books in this state.", example: "lent")
/// ```
package struct QueryParameter<Value: Sendable>: Sendable, DeclaredParameter {
    package let declaration: ParameterDeclaration
    private let kind: FieldKind<Value>

    package init(_ name: String, _ kind: FieldKind<Value>, _ description: String, example: String? = nil) {
        self.kind = kind
        declaration = ParameterDeclaration(
            name: name, schema: kind.schema, isRequired: false, description: description, example: kind.schema.example(from: example))
    }

    package func parse(_ text: String) throws(ValueFault) -> any Sendable {
        try kind.parse(text)
    }
}

/// A query parameter that must be there.
package struct RequiredQueryParameter<Value: Sendable>: Sendable, DeclaredParameter {
    package let declaration: ParameterDeclaration
    private let kind: FieldKind<Value>

    package init(_ name: String, _ kind: FieldKind<Value>, _ description: String, example: String? = nil) {
        self.kind = kind
        declaration = ParameterDeclaration(
            name: name, schema: kind.schema, isRequired: true, description: description, example: kind.schema.example(from: example))
    }

    package func parse(_ text: String) throws(ValueFault) -> any Sendable {
        try kind.parse(text)
    }
}

/// A parameter's declaration without the type of its value.
package protocol DeclaredParameter: Sendable {
    var declaration: ParameterDeclaration { get }
    func parse(_ text: String) throws(ValueFault) -> any Sendable
}

/// The documentation's facts about a parameter.
package struct ParameterDeclaration: Hashable, Sendable {
    package let name: String
    package let schema: Schema
    package let isRequired: Bool
    package let description: String
    package let example: JSONValue?
}
