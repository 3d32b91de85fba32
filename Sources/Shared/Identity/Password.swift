import Foundation

/// A password that may be set: 8 to 128 characters (Unicode code points after NFC), and no rule about which (NIST SP 800-63B-4 §3.1.1).
///
/// Its description says nothing: a password must not get into a log by being printed.
package struct Password: Sendable {
    /// The UTF-8 of the NFC form, so that one password typed on two systems is one.
    let bytes: [UInt8]

    /// A password that somebody wants to have.
    ///
    /// - Throws: ``Refusal/passwordTooShort``, ``Refusal/passwordTooLong``.
    package init(new text: String) throws {
        self.init(attempt: text)
        let length = text.precomposedStringWithCanonicalMapping.unicodeScalars.count
        guard length >= Self.lengths.lowerBound else { throw Refusal.passwordTooShort }
        guard length <= Self.lengths.upperBound else { throw Refusal.passwordTooLong }
    }

    /// A password that somebody claims to have: whatever its length, it is simply right or wrong.
    package init(attempt text: String) {
        bytes = Array(text.precomposedStringWithCanonicalMapping.utf8)
    }

    /// How many characters a password may have.
    package static let lengths = 8...128
}

extension Password: CustomStringConvertible, CustomReflectable {
    package var description: String { "‹password›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
