/// What the database says of a showtime's map without its seats.
struct SeatMapRevision: Hashable, Sendable {
    let showtimeID: Int64
    let revision: Int64
    /// Of the showtime's plan.
    let version: Int64
    /// The cinema's, which changes without either.
    let seatLimit: Int
}
