import Callers
package import HTTP
import Shared

/// The kinds of text that people write. A text field of a body is one of these, or has a rule of its own; a test looks whether each is.
extension FieldKind where Value == String {
    /// The formats by which these kinds are told apart in a schema.
    package static var nameFormat: String { "name" }
    package static var freeTextFormat: String { "free-text" }
    package static var typedFormat: String { "typed" }

    /// A name that others see: one line in NFC. Anything else is refused as `name_invalid`.
    ///
    /// - Parameter length: in Unicode scalars; a name that may be empty begins at 0.
    package static func name(_ length: ClosedRange<Int>) -> FieldKind {
        .parsed(
            schema: .text(length, format: nameFormat, pattern: nil),
            length: length,
            fault: ValueFault(.nameInvalid(at: "")),
            parse: { text in
                let name = text.composed
                // Composing makes few texts longer, but some.
                let isName = name.isPlainLine || name.isEmpty && length.contains(0)
                return isName && name.unicodeScalars.count <= length.upperBound ? name : nil
            },
            present: { $0 }
        )
    }

    /// Text that others read: what nobody sees is taken out of it.
    package static func freeText(_ length: ClosedRange<Int>) -> FieldKind {
        .rewritten(length, format: freeTextFormat) { $0.cleaned }
    }

    /// What is typed or scanned to be compared with something, such as a login, a phone number or a ticket's code: what is invisible is taken
    /// out, full width folded, blanks around it and line ends cut off.
    package static func typed(_ length: ClosedRange<Int>) -> FieldKind {
        .rewritten(length, format: typedFormat) { $0.forgiven }
    }

    private static func rewritten(
        _ length: ClosedRange<Int>, format: String, _ rewrite: @escaping @Sendable (String) -> String
    ) -> FieldKind {
        .parsed(
            schema: .text(length, format: format, pattern: nil),
            length: length,
            fault: ValueFault("too_short", ["minimum": .integer(Int64(length.lowerBound)), "reason": "invisible_removed"]),
            parse: { text in
                let rewritten = rewrite(text)
                return length.contains(rewritten.unicodeScalars.count) ? rewritten : nil
            },
            present: { $0 }
        )
    }
}
