package import Database

/// What a showtime has sold: the sums over its tickets that count.
package struct ShowtimeFigures: Hashable, Sendable {
    /// The showtime's own, for which its figures are added up.
    package let businessDay: CalendarDay
    package let movieID: Int64
    package let cinemaID: Int64
    package let tickets: Int64
    /// Those of which a ticket counts.
    package let orders: Int64
    /// Ticket prices in fen, the service fee apart.
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

/// A showtime's figures as they are kept, and as its tickets say.
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

    /// Whether the two agree. What has sold nothing needs no figures.
    package var agrees: Bool { kept.map { $0 == counted } ?? (counted.tickets == 0) }
}
