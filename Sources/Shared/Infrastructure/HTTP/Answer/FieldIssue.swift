import Text

/// An issue with one field of a body, one parameter or one header.
package struct FieldIssue: Error, Hashable, Sendable {
    /// The place of the value.
    package enum Place: Hashable, Sendable {
        /// A JSON pointer (RFC 6901) into the body.
        case pointer(String)
        /// A query or path parameter.
        case parameter(String)
        /// A header field.
        case header(String)
    }

    package var place: Place
    /// A stable snake_case word.
    package let code: String
    /// One sentence for a person.
    package let detail: String

    package init(_ place: Place, _ code: String, _ detail: String) {
        self.place = place
        self.code = code
        self.detail = detail
    }

    /// An issue with a field of the body. When a body's closure throws it, the answer is 422.
    package init(_ pointer: String, _ code: String, _ detail: String) {
        self.init(.pointer(pointer), code, detail)
    }

    /// The issue with a body that is no valid JSON text.
    init(_ fault: JSONFault) {
        self = fault.path.reversed().reduce(FieldIssue("", fault.code, fault.detail)) { $0.inside($1) }
    }

    /// The same issue with a pointer that begins at the enclosing value.
    func inside(_ token: String) -> FieldIssue {
        guard case .pointer(let pointer) = place else { return self }
        let escaped =
            token.contains(where: { $0 == "~" || $0 == "/" }) ? token.replacing("~", with: "~0").replacing("/", with: "~1") : token
        return FieldIssue(.pointer("/" + escaped + pointer), code, detail)
    }
}

/// An issue with a value whose place isn't known yet.
package struct ValueFault: Error, Hashable, Sendable {
    package let code: String
    package let detail: String

    package init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}
