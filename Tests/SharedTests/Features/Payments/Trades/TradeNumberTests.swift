import Foundation
import Shared
import Testing

@Suite("Numbers of trades")
struct TradeNumberTests {
    @Test("They begin with the day, have the allowed characters only, and are all different")
    func made() {
        let now = Date(timeIntervalSince1970: 1_795_348_985)
        let numbers = (0..<1_000).map { _ in TradeNumber.make(at: now) }
        #expect(Set(numbers).count == 1_000)
        for number in numbers {
            #expect(number.rawValue.hasPrefix("20261122"))
            #expect(number.rawValue.utf8.count == 32)
            #expect(TradeNumber(rawValue: number.rawValue) == number)
        }
    }

    @Test("Other forms are refused", arguments: ["", " ", "a-b", "a b", "é", "a\n", "\u{212A}", String(repeating: "a", count: 65), "１"])
    func refused(text: String) {
        #expect(TradeNumber(rawValue: text) == nil)
    }

    @Test("1 to 64 letters, digits and underscores are taken", arguments: ["a", "_", "aZ09_", String(repeating: "a", count: 64)])
    func taken(text: String) {
        #expect(TradeNumber(rawValue: text)?.rawValue == text)
    }
}
