import Database
package import FoundationEssentials
package import Text

/// The rules of when a day is compared, and which of our rows a bill should have named by then.
package struct ReconciliationConfiguration: Hashable, Sendable {
    /// The hour, Beijing time, from which on yesterday's bill exists.
    package static let billHour = 10
    /// How many past days are compared when they were missed.
    package static let days = 7

    /// How far our clock and the gateway's may be apart.
    package var slack: Duration

    package init(slack: Duration = .seconds(900)) {
        self.slack = slack
    }

    /// The days whose bills should have been requested by now, oldest first.
    package static func days(asOf now: Date) -> [CalendarDay] {
        let today = CalendarDay(inBeijingAt: now)
        let isBillMade = now >= today.startInBeijing.addingTimeInterval(Double(billHour) * 3600)
        let last = today.adding(days: isBillMade ? -1 : -2)
        return (1 - days...0).map { last.adding(days: $0) }
    }

    /// Our movements of this time must be named by a bill; otherwise they are missing at the gateway. It is the day, moved back by the
    /// slack: a movement at the day's end may stand in the next day's bill, and is looked for with that one.
    ///
    /// - Parameter asked: when the bill was requested. A bill of a day that isn't over can't name later movements.
    package func window(of day: CalendarDay, asked: Date) -> Range<Date> {
        let slack = Double(slack.components.seconds)
        let start = day.startInBeijing.addingTimeInterval(-slack)
        let end = min(day.endInBeijing, asked).addingTimeInterval(-slack)
        return start..<max(start, end)
    }
}
