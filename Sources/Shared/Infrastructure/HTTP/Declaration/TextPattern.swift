import Foundation
import Text

/// The pattern of a text's schema, with which values are compared.
struct TextPattern: Sendable {
    private let expression: NSRegularExpression?
    let fault: ValueFault

    /// - Parameter schema: a text schema with a pattern in the dialect of JSON Schema. A `$` may stand only at its end.
    /// - Returns: `nil` for a schema without a pattern.
    init?(of schema: Schema) {
        guard case .text(_, _, let pattern?) = schema else { return nil }
        // In Swift's dialect `$` would also match before a line feed at the end; in JSON Schema it doesn't.
        let exact = pattern.hasSuffix("$") ? pattern.dropLast() + #"\z"# : pattern[...]
        expression = try? NSRegularExpression(pattern: String(exact))
        fault = ValueFault("pattern", ["pattern": .string(pattern)])
    }

    /// An invalid pattern matches nothing, so that a test fails on its example.
    func matches(_ text: String) -> Bool {
        expression?.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }
}
