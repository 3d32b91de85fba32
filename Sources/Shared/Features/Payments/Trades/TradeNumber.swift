package import FoundationEssentials

/// A number that we give to a trade or to a refund at the gateway: 1 to 64 of `0-9A-Za-z_`.
package struct TradeNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// `nil` when the text has another form.
    package init?(rawValue: String) {
        guard (1...64).contains(rawValue.utf8.count), rawValue.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.rawValue = rawValue
    }

    /// Makes a new number that nobody can guess: the day in UTC, for people who read lists, and 24 random characters (124 bits).
    package init(madeAt now: Date, using generator: inout some RandomNumberGenerator) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let day = calendar.dateComponents([.year, .month, .day], from: now)
        let date = (day.year ?? 0) * 10_000 + (day.month ?? 0) * 100 + (day.day ?? 0)
        var text = String(date)
        for _ in 0..<24 {
            // Only lower case is used, so that two numbers never differ by case alone.
            text.unicodeScalars.append(Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)])
        }
        rawValue = text
    }

    /// Makes a number out of the system's randomness.
    package static func make(at now: Date) -> TradeNumber {
        var generator = SystemRandomNumberGenerator()
        return TradeNumber(madeAt: now, using: &generator)
    }

    package var description: String { rawValue }

    private static let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".unicodeScalars)

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "_"): true
        default: false
        }
    }
}
