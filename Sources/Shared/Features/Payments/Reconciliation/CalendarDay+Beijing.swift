package import FoundationEssentials
package import Text

/// Days by Beijing's clock, which gateways' bills go by: 8 hours ahead of UTC all year.
extension CalendarDay {
    /// In seconds.
    private static let offset = 8 * 3600

    /// The day that it is in Beijing at a moment.
    package init(inBeijingAt moment: Date) {
        self.init(moment, secondsEastOfUTC: Self.offset)
    }

    /// When the day begins in Beijing.
    package var startInBeijing: Date {
        start(secondsEastOfUTC: Self.offset)
    }

    /// When the next one begins.
    package var endInBeijing: Date {
        adding(days: 1).startInBeijing
    }
}
