import Database
import Foundation
import Text

/// A showtime as it will be after a change.
struct ChangedShowtime: Sendable {
    let id: Int64
    var startsAt: Date
    var endsAt: Date
    var occupiedUntil: Date
    var businessDay: CalendarDay
    var screeningRightID: Int64
    var format: String
    var language: String
    var refusesOrphans: Bool
    var isPreview: Bool
    var sale: SaleWindow
    /// The new prices; `nil` keeps the present ones.
    var prices: [ZonePrice]?

    /// Starts with the showtime as it is.
    init(_ showtime: Showtime) {
        id = showtime.id
        startsAt = showtime.startsAt
        endsAt = showtime.endsAt
        occupiedUntil = showtime.occupiedUntil
        businessDay = showtime.businessDay
        screeningRightID = showtime.screeningRightID
        format = showtime.format
        language = showtime.language
        refusesOrphans = showtime.refusesOrphans
        isPreview = showtime.isPreview
        sale = showtime.sale
    }

    /// Applies another start and its consequences: end, occupied time, business day.
    mutating func move(to start: Date, rules: ShowtimeRules, clock: CinemaClock) {
        startsAt = start
        endsAt = rules.end(startingAt: start)
        occupiedUntil = rules.occupiedUntil(startingAt: start)
        businessDay = clock.businessDay(of: start)
    }

    /// Applies everything of a change except the start's consequences.
    mutating func apply(_ change: ShowtimeChange, now: Date) {
        format = change.format ?? format
        language = change.language ?? language
        refusesOrphans = change.refusesOrphans ?? refusesOrphans
        isPreview = change.isPreview ?? isPreview
        prices = change.prices
        sale = SaleWindow(
            opensAt: change.saleOpensAt ?? sale.opensAt,
            closesAt: change.saleClosesAt ?? sale.closesAt,
            startsAt: startsAt,
            closedAt: change.closed.map { $0 ? now : nil } ?? sale.closedAt,
            cancelledAt: sale.cancelledAt
        )
    }
}
