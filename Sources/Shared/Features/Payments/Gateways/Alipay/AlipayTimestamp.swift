package import FoundationEssentials
import Text

/// Times as the gateway writes them: `yyyy-MM-dd HH:mm:ss` at Beijing's distance of 8 hours from UTC, wherever we run.
package enum AlipayTimestamp {
    /// The time's text; parts of a second are cut off.
    package static func text(_ time: Date) -> String {
        let day = CalendarDay(inBeijingAt: time)
        let second = time.timeIntervalSince(day.startInBeijing).rounded(.down)
        var bytes: [UInt8] = []
        day.write(to: &bytes)
        bytes.append(UInt8(ascii: " "))
        bytes.append(secondOfDay: Int(exactly: second) ?? 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The time that a text names; a fraction of a second, as in `gmt_refund`, is allowed and dropped. `nil` for any other form.
    package static func time(_ text: String) -> Date? {
        var scan = TimeScan(text)
        guard
            text.utf8.count <= 29, let day = scan.day(), scan.take(" "), let second = scan.secondOfDay(), scan.fraction() != nil,
            scan.isAtEnd
        else { return nil }
        let time = day.startInBeijing.addingTimeInterval(TimeInterval(second))
        // In Beijing the year 1 begins some hours before it does in UTC, which is as far back as we count.
        return time.timeIntervalSinceReferenceDate * 1_000_000 >= Timestamp.storable.lowerBound ? time : nil
    }
}
