package import Database

extension CommittedChange {
    /// The kind of a change of a showtime's seats or prices.
    package static let seats = "seats"

    /// A change of the seats of a showtime.
    package static func seats(ofShowtime id: Int64) -> CommittedChange {
        CommittedChange(kind: seats, id: id)
    }
}
