import Text

/// Amounts as the gateway writes them: yuan with two decimals.
package enum AlipayAmount {
    /// The largest amount of a trade, in fen: 100 000 000 yuan.
    package static let largestFen: Int64 = 10_000_000_000

    /// Yuan with exactly two decimals, such as `88.00`.
    ///
    /// - Parameter fen: not negative.
    package static func text(fen: Int64) -> String {
        let cents = String(fen % 100)
        return "\(fen / 100).\(cents.utf8.count < 2 ? "0" : "")\(cents)"
    }

    /// The fen of an amount with at most two decimals: `88`, `88.0` and `88.00` are the same. `nil` for any other form, signs, exponents,
    /// leading zeros and amounts above ``largestFen``.
    package static func fen(_ text: String) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard
            (1...2).contains(parts.count), let yuan = digits(parts[0], count: 1...9),
            parts[0].count == 1 || parts[0].first != UInt8(ascii: "0")
        else { return nil }
        var cents: Int64 = 0
        if parts.count == 2 {
            guard let decimals = digits(parts[1], count: 1...2) else { return nil }
            cents = parts[1].count == 1 ? decimals * 10 : decimals
        }
        let fen = yuan * 100 + cents
        return fen <= largestFen ? fen : nil
    }

    private static func digits(_ bytes: Substring.UTF8View, count: ClosedRange<Int>) -> Int64? {
        guard count.contains(bytes.count) else { return nil }
        var number: Int64 = 0
        for byte in bytes {
            guard let digit = byte.decimalDigit else { return nil }
            number = number * 10 + Int64(digit)
        }
        return number
    }
}
