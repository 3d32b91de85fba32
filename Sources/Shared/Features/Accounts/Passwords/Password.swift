import Callers
import Foundation

/// A password that may be set: 8 to 128 characters (Unicode code points after NFC), no rule about which
/// (NIST SP 800-63B-4 §3.1.1), and none that everybody would guess.
///
/// Its description says nothing: a password must not get into a log by being printed.
package struct Password: Sendable {
    /// The UTF-8 of the NFC form, so that one password typed on two systems is one.
    let bytes: [UInt8]

    /// A password that somebody wants to have.
    ///
    /// - Parameter names: those of its owner, which are nothing secret.
    /// - Throws: ``Refusal/passwordTooShort``, ``Refusal/passwordTooLong``, ``Refusal/passwordCommon``.
    package init(new text: String, names: [String] = []) throws {
        self.init(attempt: text)
        let length = text.precomposedStringWithCanonicalMapping.unicodeScalars.count
        guard length >= Self.lengths.lowerBound else { throw Refusal.passwordTooShort }
        guard length <= Self.lengths.upperBound else { throw Refusal.passwordTooLong }
        guard !CommonPasswords.contain(text.precomposedStringWithCanonicalMapping, names: names) else { throw Refusal.passwordCommon }
    }

    /// A password that somebody claims to have: whatever its length, it is simply right or wrong.
    package init(attempt text: String) {
        bytes = Array(text.precomposedStringWithCanonicalMapping.utf8)
    }

    /// - Throws: ``Refusal/passwordTooShort(minimum:)``.
    func requireLength(_ minimum: Int) throws {
        guard length >= minimum else { throw Refusal.passwordTooShort(minimum: minimum) }
    }

    /// Its characters as Unicode counts them after normalisation.
    var length: Int { String(decoding: bytes, as: UTF8.self).unicodeScalars.count }

    /// How many characters a password may have.
    package static let lengths = 8...128
}

extension Password: CustomStringConvertible, CustomReflectable {
    package var description: String { "‹password›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
