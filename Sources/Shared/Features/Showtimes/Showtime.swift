import Database
package import Foundation
package import Text

/// A movie in a hall at a time, at a price.
package struct Showtime: Hashable, Sendable {
    package let id: Int64
    package let merchantID: Int64
    package let cinemaID: Int64
    package let cinemaName: String
    package let hallID: Int64
    package let hallName: String
    /// The layout of the hall that it was scheduled with.
    package let layoutID: Int64
    package let movieID: Int64
    package let movieTitle: String
    package let screeningRightID: Int64
    package let startsAt: Date
    /// The movie's end, after the trailers.
    package let endsAt: Date
    /// The end of the cleaning; until then the hall is taken.
    package let occupiedUntil: Date
    /// The business day, for which its money is counted.
    package let businessDay: CalendarDay
    /// The cinema's time zone, a name of the time zone database. The showtime's days and hours are in this zone.
    package let timeZone: String
    package let format: String
    package let language: String
    /// One for each zone, by zone.
    package let prices: [ZonePrice]
    /// Per ticket, on top of the price, in fen.
    package let serviceFeeFen: Int64
    /// Whether an order that leaves a single seat between others is refused.
    package let refusesOrphans: Bool
    /// Whether it is shown before the movie's release day.
    package let isPreview: Bool
    package let sale: SaleWindow
    /// The state at the moment of reading.
    package let state: ShowtimeState
    package let version: Int64
}

/// The price of a seat in a zone.
package struct ZonePrice: Hashable, Sendable {
    package let zone: String
    package let priceFen: Int64

    package init(zone: String, priceFen: Int64) {
        self.zone = zone
        self.priceFen = priceFen
    }
}
