/// The seats of a showtime with their states, as of one moment.
package struct SeatMap: Sendable {
    package struct Entry: Hashable, Sendable {
        package let seat: HallSeat
        /// In fen; `nil` where the showtime doesn't price the seat's zone.
        package let priceFen: Int64?
        package let state: SeatState
    }

    package let showtimeID: Int64
    /// Grows with every change of a seat's claim.
    package let revision: Int64
    package let seats: [Entry]
    /// Two maps with the same tag show the same: lapsed claims and new prices change the map without a new revision.
    package let tag: String

    package init(plan: ShowtimePlan, claims: SeatClaims) {
        showtimeID = plan.showtimeID
        revision = claims.revision
        tag = "\(claims.revision)-\(claims.lapsed)-\(plan.version)"
        seats = plan.layout.seats.map { seat in
            let state: SeatState =
                if let claimed = claims.states[seat.id] {
                    claimed
                } else {
                    plan.sells(seat) ? .free : .blocked
                }
            return Entry(seat: seat, priceFen: plan.pricesFen[seat.zone], state: state)
        }
    }
}

/// The claims of a showtime that count at one moment.
package struct SeatClaims: Hashable, Sendable {
    package let revision: Int64
    /// How many claims have lapsed and count no longer.
    package let lapsed: Int
    /// ``SeatState/claimed`` or ``SeatState/sold``, by seat id.
    package let states: [Int64: SeatState]

    package init(revision: Int64, lapsed: Int, states: [Int64: SeatState]) {
        self.revision = revision
        self.lapsed = lapsed
        self.states = states
    }
}
