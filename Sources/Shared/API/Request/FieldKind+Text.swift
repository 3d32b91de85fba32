import Callers
package import HTTP
import Shared
import Text

/// The kinds of text that people write. A text field of a body has one of these kinds, or a rule of its own; a test checks that each has.
extension FieldKind where Value == String {
    /// The formats that distinguish these kinds in a schema.
    package static var nameFormat: String { "name" }
    package static var freeTextFormat: String { "free-text" }
    package static var typedFormat: String { "typed" }

    /// A name that others see: one line in NFC, with several blanks in a row as one. Anything else is refused as `name_invalid`.
    ///
    /// - Parameter length: in Unicode scalars. The range begins at 0 for a name that may be empty.
    package static func name(_ length: ClosedRange<Int>) -> FieldKind {
        .parsed(
            schema: .text(length, format: nameFormat, pattern: nil),
            length: length,
            fault: ValueFault(.nameInvalid(at: "")),
            parse: { text in
                let name = text.spelledAsName
                // Composing (NFC) makes some texts longer, so the length is checked again.
                let isName = name.isPlainLine || name.isEmpty && length.contains(0)
                return isName && name.unicodeScalars.count <= length.upperBound ? name : nil
            },
            present: { $0 }
        )
    }

    /// Text that others read. Invisible characters are removed from it.
    package static func freeText(_ length: ClosedRange<Int>) -> FieldKind {
        .rewritten(length, format: freeTextFormat) { $0.cleaned }
    }

    /// Text that is typed or scanned to be compared with something, such as a login, a phone number or a ticket's code. Invisible
    /// characters are removed, full width is folded, and blanks around it and line ends are cut off.
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
