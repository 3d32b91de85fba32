import Callers
import Text

/// What somebody signs in under: a username, a phone number or an e-mail address. The three never look alike.
package enum LoginName: Hashable, Sendable {
    case username(Username)
    case phone(PhoneNumber)
    case email(EmailAddress)

    /// Finds out which of the three a text is; `nil` when it is none of them.
    package init?(_ text: String) {
        if text.contains("@") {
            guard let email = try? EmailAddress(text) else { return nil }
            self = .email(email)
        } else if let username = try? Username(text) {
            self = .username(username)
        } else if let phone = try? PhoneNumber(text) {
            self = .phone(phone)
        } else {
            return nil
        }
    }

    /// The normalised spelling, the same for all the ways in which one name can be written.
    package var text: String {
        switch self {
        case .username(let username): username.description
        case .phone(let phone): phone.description
        case .email(let email): email.description
        }
    }
}

/// A name that a person picks to sign in with, in the one spelling under which it is kept.
///
/// 3 to 32 of the letters a to z, Chinese characters, digits, `_`, `.` and `-`, at least one of them a letter or a Chinese character:
/// so no username can be taken for a phone number or an e-mail address. Capitals count as lower case.
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

/// A telephone number in the form of E.164: `+`, country code, number; at most 15 digits. Numbers without a country code are Chinese (+86).
package struct PhoneNumber: Hashable, Sendable, CustomStringConvertible {
    /// `+8613800138000`.
    package let description: String

    /// Reads a number as people write it: blanks, hyphens and brackets may stand between the digits, `00` may stand for `+`,
    /// and a Chinese area code may keep its leading 0.
    ///
    /// - Throws: ``Refusal/phoneInvalid``.
    package init(_ text: String) throws {
        guard text.utf8.count <= 32 else { throw Refusal.phoneInvalid }
        var digits = text.filter { !" -()".contains($0) }
        if digits.hasPrefix("+") {
            digits.removeFirst()
        } else if digits.hasPrefix("00") {
            digits.removeFirst(2)
        } else {
            digits = Self.china + (digits.hasPrefix("0") ? String(digits.dropFirst()) : digits)
        }
        guard
            (7...15).contains(digits.utf8.count),
            digits.utf8.allSatisfy(\.isDecimalDigit),
            digits.utf8.first != UInt8(ascii: "0"),
            Self.isPlausible(digits)
        else { throw Refusal.phoneInvalid }
        description = "+" + digits
    }

    private static let china = "86"

    /// Chinese numbers have 7 to 11 digits after the country code, and never a 0 in front of them; numbers of other countries are not
    /// checked further.
    private static func isPlausible(_ digits: String) -> Bool {
        guard digits.hasPrefix(china) else { return true }
        let national = digits.dropFirst(china.count)
        return (7...11).contains(national.utf8.count) && national.first != "0"
    }
}

/// An e-mail address, in lower case, of the shape that mail systems deliver to (RFC 5321 without its quoted forms and address literals).
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
