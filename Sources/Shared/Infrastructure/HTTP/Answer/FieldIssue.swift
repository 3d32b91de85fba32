package import Callers
package import Text

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
    /// What else is told, such as `limit`; the text has places for it.
    package let members: [JSONMember]

    package init(_ place: Place, _ code: String, _ members: KeyValuePairs<String, JSONValue> = [:]) {
        self.init(place, ValueFault(code, members))
    }

    package init(_ place: Place, _ fault: ValueFault) {
        self.place = place
        code = fault.code
        members = fault.members
    }

    /// An issue with a field of the body. When a body's closure throws it, the answer is 422.
    package init(_ pointer: String, _ code: String, _ members: KeyValuePairs<String, JSONValue> = [:]) {
        self.init(.pointer(pointer), ValueFault(code, members))
    }

    /// A fault of a field of the body.
    package init(_ pointer: String, _ fault: ValueFault) {
        self.init(.pointer(pointer), fault)
    }

    /// The issue with a body that is no valid JSON text.
    init(_ fault: JSONFault) {
        self = fault.path.reversed().reduce(FieldIssue("", ValueFault(fault))) { $0.inside($1) }
    }

    /// The same issue with a pointer that begins at the enclosing value.
    func inside(_ token: String) -> FieldIssue {
        guard case .pointer(let pointer) = place else { return self }
        let escaped =
            token.contains(where: { $0 == "~" || $0 == "/" }) ? token.replacing("~", with: "~0").replacing("/", with: "~1") : token
        var issue = self
        issue.place = .pointer("/" + escaped + pointer)
        return issue
    }
}

/// An issue with a value whose place isn't known yet.
package struct ValueFault: Error, Hashable, Sendable {
    package let code: String
    /// What else is told, such as `limit`.
    package let members: [JSONMember]

    package init(_ code: String, _ members: KeyValuePairs<String, JSONValue> = [:]) {
        self.code = code
        self.members = members.map { JSONMember(name: $0.key, value: $0.value) }
    }

    /// What a feature's rule refuses, said of the field that it is about.
    package init(_ refusal: Refusal) {
        code = refusal.code
        members = refusal.members.map { JSONMember($0) }
    }

    /// What is wrong with the text of a body.
    init(_ fault: JSONFault) {
        code = fault.code
        members = fault.members
    }

    /// What a problem says, of one field.
    init(_ problem: Problem) {
        code = problem.code
        members = problem.members
    }
}
