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
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.utf8.first != UInt8(ascii: "0"),
            Self.isPlausible(digits)
        else { throw Refusal.phoneInvalid }
        description = "+" + digits
    }

    private static let china = "86"

    /// Chinese numbers have 7 to 11 digits after the country code, and never a 0 in front of them; other countries' plans are their own.
    private static func isPlausible(_ digits: String) -> Bool {
        guard digits.hasPrefix(china) else { return true }
        let national = digits.dropFirst(china.count)
        return (7...11).contains(national.utf8.count) && national.first != "0"
    }
}
