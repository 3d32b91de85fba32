import Database
package import Text

/// The sums over a showtime's tickets that count.
package struct ShowtimeFigures: Hashable, Sendable {
    /// The showtime's business day, under which its figures are added up.
    package let businessDay: CalendarDay
    package let movieID: Int64
    package let cinemaID: Int64
    package let tickets: Int64
    /// The number of orders with at least one ticket that counts.
    package let orders: Int64
    /// What merchants are credited for tickets, in fen: what buyers paid, and what others paid of discounts; without service fees.
    package let boxOfficeFen: Int64
    /// In fen.
    package let serviceFeeFen: Int64

    package init(
        businessDay: CalendarDay, movieID: Int64, cinemaID: Int64, tickets: Int64, orders: Int64, boxOfficeFen: Int64, serviceFeeFen: Int64
    ) {
        self.businessDay = businessDay
        self.movieID = movieID
        self.cinemaID = cinemaID
        self.tickets = tickets
        self.orders = orders
        self.boxOfficeFen = boxOfficeFen
        self.serviceFeeFen = serviceFeeFen
    }
}

extension ShowtimeFigures: CustomStringConvertible {
    package var description: String {
        "\(tickets) tickets of \(orders) orders, \(boxOfficeFen) fen and \(serviceFeeFen) fen of fees, "
            + "on \(businessDay) for movie \(movieID) in cinema \(cinemaID)"
    }
}

/// A showtime's stored figures, and those counted from its tickets.
package struct CountedShowtime: Hashable, Sendable {
    package let showtimeID: Int64
    /// `nil` for a showtime that never sold a ticket.
    package let kept: ShowtimeFigures?
    package let counted: ShowtimeFigures

    package init(showtimeID: Int64, kept: ShowtimeFigures?, counted: ShowtimeFigures) {
        self.showtimeID = showtimeID
        self.kept = kept
        self.counted = counted
    }

    /// Whether the two agree. A showtime that has sold nothing needs no figures.
    package var agrees: Bool { kept.map { $0 == counted } ?? (counted.tickets == 0) }
}
