/// What scheduling a showtime needs to know of a hall and its cinema, read under their locks.
package struct SchedulingHall: Hashable, Sendable {
    package let id: Int64
    package let cinemaID: Int64
    package let merchantID: Int64
    package let formats: [String]
    /// The current layout, which the showtime keeps.
    package let layoutID: Int64
    /// The zones of the layout that have seats for sale, sorted: each needs a price.
    package let zones: [String]
    /// Per ticket, in fen.
    package let serviceFeeFen: Int64
    package let timeZone: String
    package let dayEndsAtHour: Int
    package let trailersMin: Int
    package let cleaningMin: Int
}
