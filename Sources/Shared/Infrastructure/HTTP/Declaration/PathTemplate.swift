package import Foundation
import Text

/// An endpoint's path, such as `/v1/books/{id}`.
///
/// `{id}` and names that end in `_id` hold whole numbers from 1, `{id:uuid}` holds a UUID, any other name text.
package struct PathTemplate: Hashable, Sendable, ExpressibleByStringInterpolation {
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

    package init(stringLiteral template: String) {
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

    /// The path of one thing: the template with its only parameter filled in.
    package func path(of value: some PathValue) -> String {
        segments.map { segment in
            switch segment {
            case .literal(let literal): "/" + literal
            case .parameter: "/" + value.pathText
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
    /// The value of a percent-decoded part of a path; `nil` when the text can't be of this kind. Then there is nothing at that path.
    func value(_ text: String) -> (any Sendable)? {
        switch self {
        case .id: try? FieldKind<Int64>.id.parse(text)
        case .uuid: try? FieldKind.uuid.parse(text)
        case .text: (try? TextRule.check(text, length: 1...255)).map { _ in text }
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

/// A parameter of an endpoint's path, by which its handler reads the value.
package struct PathParameter<Value: Sendable>: Sendable {
    let name: String
}

extension PathParameter<Int64> {
    /// `{id}`
    package static var id: PathParameter { PathParameter(name: "id") }

    /// `{NAME}`, where the name ends in `_id`.
    package static func id(_ name: String) -> PathParameter { PathParameter(name: name) }
}

extension PathParameter<UUID> {
    /// `{id:uuid}`
    package static var uuid: PathParameter { PathParameter(name: "id") }
}

extension PathParameter<String> {
    /// `{NAME}`, where the name is another one.
    package static func text(_ name: String) -> PathParameter { PathParameter(name: name) }
}

/// A value that can be filled into a path's template.
package protocol PathValue: Sendable {
    /// The value's text in the path.
    var pathText: String { get }
}

extension Int64: PathValue {
    package var pathText: String { String(self) }
}

extension String: PathValue {
    package var pathText: String { PercentEncoding.encode(self) }
}

extension UUID: PathValue {
    package var pathText: String { uuidString.lowercased() }
}
