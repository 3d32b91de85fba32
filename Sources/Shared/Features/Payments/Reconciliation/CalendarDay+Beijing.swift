package import Database
package import FoundationEssentials

/// Days by Beijing's clock, which gateways' bills go by: 8 hours ahead of UTC all year.
extension CalendarDay {
    private static let offset: TimeInterval = 8 * 3600
    private static let length: TimeInterval = 86_400

    /// The day that it is in Beijing at a moment.
    package init(inBeijingAt moment: Date) {
        let seconds = moment.timeIntervalSinceReferenceDate + Self.offset
        self.init(daysSince2001: Int((seconds / Self.length).rounded(.down)))
    }

    /// When the day begins in Beijing.
    package var startInBeijing: Date {
        Date(timeIntervalSinceReferenceDate: Double(daysSince2001) * Self.length - Self.offset)
    }

    /// When the next one begins.
    package var endInBeijing: Date {
        adding(days: 1).startInBeijing
    }
}
