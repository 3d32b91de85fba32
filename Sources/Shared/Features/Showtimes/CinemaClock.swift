package import Foundation
package import Text

/// A cinema's clock, which says to which day a moment belongs.
package struct CinemaClock: Hashable, Sendable {
    private let timeZone: TimeZone
    private let dayEndsAtHour: Int

    /// - Parameters:
    ///   - timeZone: a name of the IANA data base, such as `Asia/Shanghai`.
    ///   - dayEndsAtHour: the hour at which a business day ends, 0 to 12.
    /// - Throws: ``UnknownTimeZone``.
    package init(timeZone name: String, dayEndsAtHour: Int) throws {
        guard let timeZone = TimeZone(identifier: name) else { throw UnknownTimeZone(name: name) }
        self.timeZone = timeZone
        self.dayEndsAtHour = dayEndsAtHour
    }

    /// The calendar day in the cinema's time zone.
    package func localDay(of moment: Date) -> CalendarDay {
        day(of: moment, endingAtHour: 0)
    }

    /// The business day, for which a showtime's money is counted. A showtime that starts in the small hours belongs to the day before.
    package func businessDay(of moment: Date) -> CalendarDay {
        day(of: moment, endingAtHour: dayEndsAtHour)
    }

    /// Uses local time, so that the hour at which the day ends doesn't move with summer time.
    private func day(of moment: Date, endingAtHour hour: Int) -> CalendarDay {
        CalendarDay(moment, secondsEastOfUTC: timeZone.secondsFromGMT(for: moment) - hour * 3600)
    }
}

/// A cinema has a time zone that this system doesn't know.
package struct UnknownTimeZone: Error, Hashable, Sendable {
    package let name: String
}
