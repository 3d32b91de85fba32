package import FoundationEssentials
import Text

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
        let date = CalendarDay(now).description.replacing("-", with: "")
        rawValue = date + Self.alphabet.randomWord(24, using: &generator)
    }

    /// Makes a number out of the system's randomness.
    package static func make(at now: Date) -> TradeNumber {
        var generator = SystemRandomNumberGenerator()
        return TradeNumber(madeAt: now, using: &generator)
    }

    package var description: String { rawValue }

    /// Lower case only: two numbers never differ by case alone.
    private static let alphabet = Alphabet("0123456789abcdefghijklmnopqrstuvwxyz")

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || byte == UInt8(ascii: "_")
    }
}
