/// An endpoint's path, such as `/v1/movies/{id}`.
///
/// `{id}` and names that end in `_id` hold whole numbers from 1, `{id:uuid}` holds a UUID, any other name text.
package struct PathTemplate: Hashable, Sendable {
    enum ParameterKind: Hashable, Sendable {
        case id
        case uuid
        case text
    }

    enum Segment: Hashable, Sendable {
        case literal(String)
        case parameter(String, ParameterKind)
    }

    let segments: [Segment]
    /// The template as the documentation shows it, without the kinds.
    package let text: String

    init(_ template: String) {
        segments = template.split(separator: "/").map { segment in
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return .literal(String(segment)) }
            let parts = segment.dropFirst().dropLast().split(separator: ":")
            let name = parts.first.map(String.init) ?? ""
            if parts.count > 1 { return .parameter(name, parts[1] == "uuid" ? .uuid : .text) }
            return .parameter(name, name == "id" || name.hasSuffix("_id") ? .id : .text)
        }
        text =
            segments.isEmpty
            ? "/"
            : segments.map { segment in
                switch segment {
                case .literal(let literal): "/" + literal
                case .parameter(let name, _): "/{" + name + "}"
                }
            }.joined()
    }

    /// The names and kinds of the parameters, in the order of the path.
    var parameters: [(name: String, kind: ParameterKind)] {
        segments.compactMap { segment in
            if case .parameter(let name, let kind) = segment { (name, kind) } else { nil }
        }
    }
}

extension PathTemplate.ParameterKind {
    /// Whether a path's text can be a value of this kind at all; if not, there is nothing at that path.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .id: (try? FieldKind<Int64>.id.parse(text)) != nil
        case .uuid: (try? FieldKind.uuid.parse(text)) != nil
        case .text: (try? TextRule.check(text, length: 1...255)) != nil
        }
    }

    var schema: Schema {
        switch self {
        case .id: FieldKind<Int64>.id.schema
        case .uuid: FieldKind.uuid.schema
        case .text: .text(1...255, format: nil, pattern: nil)
        }
    }
}
