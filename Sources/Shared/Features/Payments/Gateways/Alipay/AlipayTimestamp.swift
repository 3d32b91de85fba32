package import FoundationEssentials

/// Times as the gateway writes them: `yyyy-MM-dd HH:mm:ss` at Beijing's offset of +08:00, wherever we run.
package enum AlipayTimestamp {
    private static let offset: TimeInterval = 8 * 3600
    /// 0001-01-01T00:00:00Z.
    private static let earliest = Date(timeIntervalSince1970: -62_135_596_800)

    private static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }

    /// The time's text; parts of a second are cut off.
    package static func text(_ time: Date) -> String {
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: time.addingTimeInterval(offset))
        let date = [padded(parts.year, 4), padded(parts.month, 2), padded(parts.day, 2)].joined(separator: "-")
        let clock = [padded(parts.hour, 2), padded(parts.minute, 2), padded(parts.second, 2)].joined(separator: ":")
        return "\(date) \(clock)"
    }

    /// The time that a text names; a fraction of a second, as in `gmt_refund`, is allowed and dropped. `nil` for any other form.
    package static func time(_ text: String) -> Date? {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(pieces.count) else { return nil }
        if pieces.count == 2 {
            guard (1...9).contains(pieces[1].utf8.count), pieces[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        }
        // A year of many digits would make Foundation's calendar trap.
        guard pieces[0].utf8.count == 19 else { return nil }
        let numbers = pieces[0].split { $0 == "-" || $0 == " " || $0 == ":" }.map { Int($0) }
        guard numbers.count == 6 else { return nil }
        let parts = DateComponents(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4], second: numbers[5]
        )
        guard let shifted = calendar.date(from: parts) else { return nil }
        let time = shifted.addingTimeInterval(-offset)
        // In Beijing the year 1 begins before ``earliest``, which is as far back as we count.
        guard time >= earliest else { return nil }
        // Writing the time again and comparing the texts finds every wrong form, and days that don't exist.
        return Self.text(time) == pieces[0] ? time : nil
    }

    private static func padded(_ number: Int?, _ width: Int) -> String {
        let digits = String(number ?? 0)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
