package import Callers

extension Refusal {
    package static let seatRepeated = Refusal(.invalid(pointer: "/seat_ids"), "seat_repeated", "A seat is named more than once.")

    package static let seatUnknown = Refusal(.invalid(pointer: "/seat_ids"), "seat_unknown", "The showtime's hall has no such seat.")

    package static let seatTaken = Refusal(.conflict, "seat_taken", "These seats are taken.")

    /// One unpaid order of the caller's own, which `order_id` names, holds all seats that are not free.
    package static let seatsHeldByYou = Refusal(
        .conflict, "seats_held_by_you", "Your own unpaid order, `order_id`, holds these seats: pay it, or cancel it to choose anew.")

    package static let seatNotForSale = Refusal(.conflict, "seat_not_for_sale", "These seats are not sold online.")

    package static let coupleSeatsSoldInPairs = Refusal(
        .conflict, "couple_seats_sold_in_pairs", "A couple's seat is sold whole: `seat_ids` are the halves that you left out.")

    /// There are not enough free seats for a wish, or no allowed way to choose them.
    package static let seatsUnavailable = Refusal(.conflict, "seats_unavailable", "That many such seats can't be had now.")

    package static let seatLimitExceeded = Refusal(
        .invalid(pointer: "/count"), "seat_limit_exceeded", "This is more seats of the showtime than one person may hold: `limit`.")

    /// The showtime changed each time that its seats were read.
    package static let showtimeChanging = Refusal(
        .unavailable(retryAfter: 1), "showtime_changing", "This showtime is being changed right now. Ask again in a moment.")

    package static let orphanSeatLeft = Refusal(
        .conflict, "orphan_seat_left", "This choice would leave a single seat that nobody can sit beside.")
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
