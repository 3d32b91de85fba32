import Database
package import Foundation
import Text

/// A showtime that a cinema schedules. Everything else about it follows from the hall and the movie.
package struct NewShowtime: Hashable, Sendable {
    package var hallID: Int64
    package var movieID: Int64
    package var startsAt: Date
    package var format: String
    package var language: String
    package var prices: [ZonePrice]
    /// `nil`: on sale at once.
    package var saleOpensAt: Date?
    /// `nil`: until the start.
    package var saleClosesAt: Date?
    package var refusesOrphans: Bool
    /// Whether it may be before the movie's release day.
    package var isPreview: Bool

    package init(
        hallID: Int64, movieID: Int64, startsAt: Date, format: String, language: String, prices: [ZonePrice],
        saleOpensAt: Date? = nil, saleClosesAt: Date? = nil, refusesOrphans: Bool = false, isPreview: Bool = false
    ) {
        self.hallID = hallID
        self.movieID = movieID
        self.startsAt = startsAt
        self.format = format
        self.language = language
        self.prices = prices
        self.saleOpensAt = saleOpensAt
        self.saleClosesAt = saleClosesAt
        self.refusesOrphans = refusesOrphans
        self.isPreview = isPreview
    }
}

/// A new showtime with all that follows from its hall, its movie and its cinema.
struct ScheduledShowtime: Sendable {
    let wanted: NewShowtime
    let merchantID: Int64
    let cinemaID: Int64
    let layoutID: Int64
    let screeningRightID: Int64
    let endsAt: Date
    let occupiedUntil: Date
    let businessDay: CalendarDay
    let serviceFeeFen: Int64
}
