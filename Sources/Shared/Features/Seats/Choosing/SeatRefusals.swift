package import Callers

extension Refusal {
    package static let seatRepeated = Refusal(.invalid(pointer: "/seat_ids"), "seat_repeated")

    package static let seatUnknown = Refusal(.invalid(pointer: "/seat_ids"), "seat_unknown")

    package static let seatTaken = Refusal(.conflict, "seat_taken")

    /// One unpaid order of the caller's own, which `order_id` names, holds all seats that are not free.
    package static let seatsHeldByYou = Refusal(.conflict, "seats_held_by_you")

    package static let seatNotForSale = Refusal(.conflict, "seat_not_for_sale")

    package static let coupleSeatsSoldInPairs = Refusal(.conflict, "couple_seats_sold_in_pairs")

    /// There are not enough free seats for a wish, or no allowed way to choose them.
    package static let seatsUnavailable = Refusal(.conflict, "seats_unavailable")

    package static let seatLimitExceeded = Refusal(.invalid(pointer: "/count"), "seat_limit_exceeded")

    /// The showtime changed each time that its seats were read.
    package static let showtimeChanging = Refusal(.unavailable(retryAfter: 1), "showtime_changing")

    package static let orphanSeatLeft = Refusal(.conflict, "orphan_seat_left")
}

extension Refusal {
    /// The seats that the refusal names; `nil` when it names none.
    var seatIDs: [Int64]? {
        if case .numbers(let ids)? = self["seat_ids"] { ids } else { nil }
    }

    /// The same refusal about these seats, in ascending order.
    package func about(seats: some Sequence<Int64>) -> Refusal {
        with("seat_ids", .numbers(seats.sorted()))
    }
}
