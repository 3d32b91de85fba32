package import Callers
import Database
package import Text

/// Which showtimes are wanted.
package struct ShowtimeFilter: Hashable, Sendable {
    /// The showtimes that the caller reaches.
    package var scope: MerchantScope
    /// The merchant; `nil` for all.
    package var merchantID: Int64?
    package var cinemaID: Int64?
    package var hallID: Int64?
    package var movieID: Int64?
    /// The business day, for which the showtime's money is counted.
    package var day: CalendarDay?
    /// The calendar day of the start, in the cinema's time zone.
    package var calendarDay: CalendarDay?
    /// Only those that haven't started.
    package var isUpcoming: Bool
    /// Only those that everybody may see: not cancelled, of a verified merchant.
    var isPublic: Bool

    package init(
        scope: MerchantScope = .everybody, merchantID: Int64? = nil, cinemaID: Int64? = nil, hallID: Int64? = nil, movieID: Int64? = nil,
        day: CalendarDay? = nil, calendarDay: CalendarDay? = nil,
        isUpcoming: Bool = false
    ) {
        self.scope = scope
        self.merchantID = merchantID
        self.cinemaID = cinemaID
        self.hallID = hallID
        self.movieID = movieID
        self.day = day
        self.calendarDay = calendarDay
        self.isUpcoming = isUpcoming
        isPublic = false
    }
}
