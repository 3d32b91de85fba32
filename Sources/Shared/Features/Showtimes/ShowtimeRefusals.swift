package import Callers

// The refusals of the rules of rights and showtimes, in the order in which the rules check.

extension Refusal {
    /// The first day of a right is after its last.
    package static let validPeriodInvalid = Refusal(
        .invalid(pointer: "/valid_to"), "valid_period_invalid", "The last day must not be before the first."
    )
    /// No such movie.
    package static let movieUnknown = Refusal(.invalid(pointer: "/movie_id"), "movie_unknown", "There is no such movie.")
    /// The merchant has asked for the same right before.
    package static let rightRequested = Refusal(
        .conflict, "screening_right_requested", "You have asked for this right already; the request waits for a decision.")
    /// Somebody has decided about the right already.
    package static let alreadyDecided = Refusal(.conflict, "already_decided", "This screening right has been decided about already.")
    /// Only a granted right can be revoked.
    package static let rightNotGranted = Refusal(.conflict, "screening_right_not_granted", "Only a granted screening right can be revoked.")

    /// The merchant has not been verified, so it can't schedule or sell.
    package static let merchantNotVerified = Refusal(
        .forbidden, "merchant_not_verified", "The merchant has to be verified before it can schedule showtimes."
    )
    /// No such hall, or another merchant's.
    package static let hallUnknown = Refusal(.invalid(pointer: "/hall_id"), "hall_unknown", "There is no such hall of yours.")
    /// The start is not in the future.
    package static let showtimeInPast = Refusal(
        .invalid(pointer: "/starts_at"), "showtime_in_past", "A showtime has to start in the future.")
    /// The start is absurdly far.
    package static let showtimeTooFar = Refusal(
        .invalid(pointer: "/starts_at"), "showtime_too_far", "A showtime can be scheduled at most 365 days ahead."
    )
    /// The hall or the movie lacks the format.
    package static let formatNotSupported = Refusal(
        .invalid(pointer: "/format"), "format_not_supported", "The hall and the movie must both have this format."
    )
    /// The movie lacks the language.
    package static let languageNotAvailable = Refusal(
        .invalid(pointer: "/language"), "language_not_available", "The movie is not available in this language."
    )
    /// A zone with seats for sale has no price.
    package static func priceMissing(zone: String) -> Refusal {
        Refusal(.invalid(pointer: "/prices"), "price_missing", "The zone \(zone) has seats for sale but no price.")
    }
    /// The hall's layout has no such zone.
    package static func zoneUnknown(at place: Int) -> Refusal {
        Refusal(.invalid(pointer: "/prices/\(place)/zone"), "zone_unknown", "The hall has no such zone.")
    }
    /// A zone has two prices.
    package static func zoneRepeated(at place: Int) -> Refusal {
        Refusal(.invalid(pointer: "/prices/\(place)/zone"), "zone_repeated", "Each zone has one price.")
    }
    /// A price is below what the movie's distributor allows.
    package static func priceBelowMinimum(at place: Int, minimum: Int64) -> Refusal {
        Refusal(
            .invalid(pointer: "/prices/\(place)/price_fen"), "price_below_minimum",
            "A ticket of this movie costs at least \(minimum) fen."
        )
    }
    /// Sale opens after it closes, or closes after the movie's end.
    package static let saleWindowInvalid = Refusal(
        .invalid(pointer: "/sale_closes_at"), "sale_window_invalid",
        "Sale has to open before it closes, and to close by the end of the movie; unless set it closes at the start."
    )
    /// The merchant has no granted right for the movie on that day.
    package static let screeningRightMissing = Refusal(
        .conflict, "screening_right_missing", "The merchant has no granted screening right for this movie on this day."
    )
    /// The movie isn't out yet on that day.
    package static let beforeRelease = Refusal(
        .conflict, "before_release", "The movie is released after this day; a preview has to be called one: preview true."
    )
    /// The movie's run has ended, so nobody could buy a ticket. The code is also a reason of ``saleClosed``.
    package static let movieEnded = Refusal(
        .conflict, "movie_ended",
        "The movie has ended, and no tickets are sold for it. The platform's people can set its state to showing again."
    )
    /// Another showtime occupies the hall at that time.
    package static let hallOccupied = Refusal(.conflict, "hall_occupied", "Another showtime occupies the hall at that time.")

    /// Seats are sold or held, so time and price must stay as the buyers agreed to them.
    package static let showtimeHasOrders = Refusal(
        .conflict, "showtime_has_orders", "Seats are sold or held: only the sale times can change. Cancel the showtime to change more."
    )
    /// The showtime has started.
    package static let showtimeStarted = Refusal(.conflict, "showtime_started", "The showtime has started: only the sale times can change.")
    /// The showtime is cancelled and can't change any more.
    package static let showtimeCancelled = Refusal(.conflict, "showtime_cancelled", "The showtime is cancelled.")
}
