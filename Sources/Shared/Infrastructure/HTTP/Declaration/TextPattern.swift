import Foundation

/// The pattern of a text's schema, compared with what comes in.
struct TextPattern: Sendable {
    private let expression: NSRegularExpression?
    let fault: ValueFault

    /// - Parameter schema: one of text with a pattern in the dialect of JSON Schema, from which a `$` may stand at the end alone.
    /// - Returns: `nil` for a schema without a pattern.
    init?(of schema: Schema) {
        guard case .text(_, _, let pattern?) = schema else { return nil }
        // Here `$` would also match before a line feed at the end, in JSON Schema it doesn't.
        let exact = pattern.hasSuffix("$") ? pattern.dropLast() + #"\z"# : pattern[...]
        expression = try? NSRegularExpression(pattern: String(exact))
        fault = ValueFault("pattern", ["pattern": .string(pattern)])
    }

    /// A pattern that can't be read matches nothing, so that its example is refused in the tests.
    func matches(_ text: String) -> Bool {
        expression?.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}
