/// What a moviegoer sees of a seat.
package enum SeatState: String, CaseIterable, Hashable, Sendable {
    case free
    /// Held by an unpaid order.
    case claimed
    case sold
    /// Not sold online: kept by the house, broken, or without a price.
    case blocked
}
