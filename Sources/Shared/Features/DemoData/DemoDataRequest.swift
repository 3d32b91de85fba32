import Database
package import Foundation
package import Text

/// How much is to be made, out of which numbers, and around which day.
package struct DemoDataRequest: Hashable, Sendable {
    package static let seeds = 0...Int(UInt32.max)
    package static let cinemas = 1...10_000
    package static let orders = 1...10_000_000
    /// More would find no seats in a week's showtimes.
    package static let ordersPerCinema = 2_000

    /// What decides all that is left open: one seed makes the same data.
    package let seed: Int
    package let cinemas: Int
    package let orders: Int
    /// The first day of the week of showtimes, in Beijing time. What has happened by then has happened before it began.
    package let day: CalendarDay

    /// - Throws: ``DemoDataFault/outOfBounds(_:)``.
    package init(seed: Int, cinemas: Int, orders: Int, day: CalendarDay) throws(DemoDataFault) {
        for (name, value, range) in [("seed", seed, Self.seeds), ("cinemas", cinemas, Self.cinemas), ("orders", orders, Self.orders)]
        where !range.contains(value) {
            throw .outOfBounds("\(name) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        guard orders <= cinemas * Self.ordersPerCinema else {
            throw .outOfBounds("\(cinemas) cinemas have seats for at most \(cinemas * Self.ordersPerCinema) orders")
        }
        guard (1970...9000).contains(day.year) else { throw .outOfBounds("day must be of the years 1970 to 9000") }
        self.seed = seed
        self.cinemas = cinemas
        self.orders = orders
        self.day = day
    }

    /// The moment at which the data stands still: the day's first, in Beijing.
    package var moment: Date { day.startInBeijing }
}

/// Why no data was made.
package enum DemoDataFault: Error, Hashable, Sendable, CustomStringConvertible {
    case outOfBounds(String)
    case noCities
    /// The seed has made other data here before.
    case otherData(DemoDataRequest)
    /// Another process makes data.
    case busy

    package var description: String {
        switch self {
        case .outOfBounds(let sentence): sentence
        case .noCities: "there are no cities with a place on the map; run AdminService import-cities with citys.json and adcodes.csv first"
        case .otherData(let made):
            "seed \(made.seed) was used here for \(made.cinemas) cinemas and \(made.orders) orders around \(made.day); take another seed"
        case .busy: "another process makes demo data right now; try again when it is done"
        }
    }
}
