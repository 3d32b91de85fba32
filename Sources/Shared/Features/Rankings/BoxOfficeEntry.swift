import Database
package import Text

/// The things by which box office is added up.
package enum BoxOfficeDimension: String, CaseIterable, Sendable {
    case movie, cinema, company, city, day, total
}

/// The money of the tickets that count: tickets of paid and collected orders, without the refunded ones.
package struct BoxOfficeEntry: Hashable, Sendable {
    package let dimension: BoxOfficeDimension
    /// The id of the movie, cinema, company or city; `nil` for a day, for the total, and for movies without a company.
    package let id: Int64?
    /// The movie's title or the other's name; `nil` where there is none.
    package let name: String?
    /// The business day, in a ranking of days.
    package let day: CalendarDay?
    /// What merchants are credited for tickets, in fen: what buyers paid, and what others paid of discounts; without service fees.
    package let boxOfficeFen: Int64
    package let serviceFeeFen: Int64
    package let tickets: Int64
    package let orders: Int64

    package init(
        dimension: BoxOfficeDimension, id: Int64?, name: String?, day: CalendarDay?, boxOfficeFen: Int64, serviceFeeFen: Int64,
        tickets: Int64, orders: Int64
    ) {
        self.dimension = dimension
        self.id = id
        self.name = name
        self.day = day
        self.boxOfficeFen = boxOfficeFen
        self.serviceFeeFen = serviceFeeFen
        self.tickets = tickets
        self.orders = orders
    }
}
