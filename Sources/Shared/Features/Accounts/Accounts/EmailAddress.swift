/// An e-mail address, in small letters, of the shape that mail systems deliver to (RFC 5321 without its quoted forms and address literals).
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Throws: ``Refusal/emailInvalid``.
    package init(_ text: String) throws {
        let lowered = text.lowercased()
        let parts = lowered.split(separator: "@", omittingEmptySubsequences: false)
        guard
            lowered.utf8.count <= 254,
            parts.count == 2,
            Self.isMailbox(parts[0]),
            Self.isDomain(parts[1])
        else { throw Refusal.emailInvalid }
        description = lowered
    }

    /// The part before the `@`: 1 to 64 printable ASCII characters without those that only quoting allows.
    private static func isMailbox(_ text: Substring) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && !text.contains { "\"(),:;<>[\\]".contains($0) }
            && !text.hasPrefix(".") && !text.hasSuffix(".") && !text.contains("..")
    }

    /// Two or more labels of letters, digits and inner hyphens (RFC 1123).
    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
                    && !label.hasPrefix("-") && !label.hasSuffix("-")
            }
    }
}
