package import FoundationEssentials

/// A hall (影厅) of a cinema, with its current layout.
package struct Hall: Hashable, Sendable {
    package let id: Int64
    package let cinemaID: Int64
    /// Unique in its cinema.
    package let name: String
    /// What can be shown in it, such as 2D or IMAX.
    package let formats: [String]
    /// The layout that new showtimes get.
    package let layoutID: Int64
    /// The number of the current layout, from 1.
    package let layoutVersion: Int
    /// The number of seats in the current layout, of every kind.
    package let seatCount: Int
    /// In the order in which they are shown.
    package let photos: [ShownPicture]
    package let createdAt: Date
    /// Raised by every change, a new layout included; the resource's ETag.
    package let version: Int64
}

/// A hall that a merchant adds.
package struct NewHall: Hashable, Sendable {
    package let name: String
    package let formats: [String]
    package let layout: HallLayout

    package init(name: String, formats: [String], layout: HallLayout) {
        self.name = name
        self.formats = formats
        self.layout = layout
    }
}

/// A change of a hall's name or formats; `nil` leaves a field as it is.
package struct HallChange: Hashable, Sendable {
    package let name: String?
    package let formats: [String]?

    package init(name: String? = nil, formats: [String]? = nil) {
        self.name = name
        self.formats = formats
    }
}

/// A hall with the seats of its current layout.
package struct HallSeats: Hashable, Sendable {
    package let hall: Hall
    /// By row, then column.
    package let seats: [HallSeat]
}

/// The facts about a hall and its cinema that scheduling a showtime needs, read under their locks.
package struct SchedulingHall: Hashable, Sendable {
    package let id: Int64
    package let cinemaID: Int64
    package let merchantID: Int64
    package let formats: [String]
    /// The current layout, which the showtime keeps.
    package let layoutID: Int64
    /// The zones of the layout that have seats for sale, sorted. Each of them needs a price.
    package let zones: [String]
    /// Per ticket, in fen.
    package let serviceFeeFen: Int64
    package let timeZone: String
    package let dayEndsAtHour: Int
    package let trailersMin: Int
    package let cleaningMin: Int
}
