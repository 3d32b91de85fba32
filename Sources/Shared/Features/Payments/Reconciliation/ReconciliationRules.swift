package import Database
package import FoundationEssentials

/// When days are compared, and which of our rows a bill should have named by then.
package struct ReconciliationRules: Hashable, Sendable {
    /// From this hour on, Beijing time, yesterday's bill is made.
    package static let billHour = 10
    /// As many days are caught up with.
    package static let days = 7

    /// How far our clock and the gateway's may be apart.
    package var slack: Duration

    package init(slack: Duration = .seconds(900)) {
        self.slack = slack
    }

    /// The days that should have been asked for by now, oldest first.
    package static func days(asOf now: Date) -> [CalendarDay] {
        let today = CalendarDay(inBeijingAt: now)
        let isBillMade = now >= today.startInBeijing.addingTimeInterval(Double(billHour) * 3600)
        let last = today.adding(days: isBillMade ? -1 : -2)
        return (1 - days...0).map { last.adding(days: $0) }
    }

    /// What of ours succeeded in this time and is named by no bill is missing there. Moved back by the slack: what came at the end of the day
    /// may stand in the next day's bill and is looked for with that.
    ///
    /// - Parameter asked: when the bill was asked for; one of a day that isn't over can't name what came later.
    package func window(of day: CalendarDay, asked: Date) -> Range<Date> {
        let slack = Double(slack.components.seconds)
        let start = day.startInBeijing.addingTimeInterval(-slack)
        let end = min(day.endInBeijing, asked).addingTimeInterval(-slack)
        return start..<max(start, end)
    }
}
