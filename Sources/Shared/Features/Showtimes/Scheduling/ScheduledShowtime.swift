import Database
import Foundation

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
