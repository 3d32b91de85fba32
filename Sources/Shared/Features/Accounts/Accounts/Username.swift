/// A name that a person picks to sign in with, in the one spelling under which it is kept.
///
/// 3 to 32 of the letters a to z, Chinese characters, digits, `_`, `.` and `-`, at least one of them a letter or a Chinese character:
/// so no username can be taken for a phone number or an e-mail address. Capitals count as their small letters.
package struct Username: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Throws: ``Refusal/usernameInvalid``.
    package init(_ text: String) throws {
        let lowered = text.lowercased()
        let scalars = lowered.unicodeScalars
        guard
            (3...32).contains(scalars.count),
            scalars.allSatisfy({ Self.isLetter($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == "." || $0 == "-" }),
            scalars.contains(where: Self.isLetter)
        else { throw Refusal.usernameInvalid }
        description = lowered
    }

    /// Letters have one spelling each: no accents, no full-width forms, no look-alikes of other alphabets.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("\u{4E00}"..."\u{9FFF}").contains(scalar)
    }
}
