package import Callers

// The refusals of the rules of rights and showtimes, in the order in which the rules check.

extension Refusal {
    /// The first day of a right is after its last.
    package static let validPeriodInvalid = Refusal(.invalid(pointer: "/valid_to"), "valid_period_invalid")
    /// No such movie.
    package static let movieUnknown = Refusal(.invalid(pointer: "/movie_id"), "movie_unknown")
    /// The merchant has asked for the same right before.
    package static let rightRequested = Refusal(.conflict, "screening_right_requested")
    /// Somebody has decided about the right already.
    package static let alreadyDecided = Refusal(.conflict, "already_decided")
    /// Only a granted right can be revoked.
    package static let rightNotGranted = Refusal(.conflict, "screening_right_not_granted")

    /// The merchant has not been verified, so it can't schedule or sell.
    package static let merchantNotVerified = Refusal(.forbidden, "merchant_not_verified")
    /// No such hall, or another merchant's.
    package static let hallUnknown = Refusal(.invalid(pointer: "/hall_id"), "hall_unknown")
    /// The start is not in the future.
    package static let showtimeInPast = Refusal(.invalid(pointer: "/starts_at"), "showtime_in_past")
    /// The start is absurdly far.
    package static let showtimeTooFar = Refusal(.invalid(pointer: "/starts_at"), "showtime_too_far").with("limit_days", .number(365))
    /// The hall or the movie lacks the format.
    package static let formatNotSupported = Refusal(.invalid(pointer: "/format"), "format_not_supported")
    /// The movie lacks the language.
    package static let languageNotAvailable = Refusal(.invalid(pointer: "/language"), "language_not_available")
    /// A zone with seats for sale has no price.
    package static func priceMissing(zone: String) -> Refusal {
        Refusal(.invalid(pointer: "/prices"), "price_missing").with("zone", .text(zone))
    }
    /// The hall's layout has no such zone.
    package static func zoneUnknown(at place: Int) -> Refusal {
        Refusal(.invalid(pointer: "/prices/\(place)/zone"), "zone_unknown")
    }
    /// A zone has two prices.
    package static func zoneRepeated(at place: Int) -> Refusal {
        Refusal(.invalid(pointer: "/prices/\(place)/zone"), "zone_repeated")
    }
    /// A price is below what the movie's distributor allows.
    package static func priceBelowMinimum(at place: Int, minimum: Int64) -> Refusal {
        Refusal(.invalid(pointer: "/prices/\(place)/price_fen"), "price_below_minimum").with("minimum_price_fen", .number(minimum))
    }
    /// Sale opens after it closes, or closes after the movie's end.
    package static let saleWindowInvalid = Refusal(.invalid(pointer: "/sale_closes_at"), "sale_window_invalid")
    /// The merchant has no granted right for the movie on that day.
    package static let screeningRightMissing = Refusal(.conflict, "screening_right_missing")
    /// The movie isn't out yet on that day.
    package static let beforeRelease = Refusal(.conflict, "before_release")
    /// The movie's run has ended, so nobody could buy a ticket. The code is also a reason of ``saleClosed``.
    package static let movieEnded = Refusal(.conflict, "movie_ended")
    /// Another showtime occupies the hall at that time.
    package static let hallOccupied = Refusal(.conflict, "hall_occupied")

    /// Seats are sold or held, so time and price must stay as the buyers agreed to them.
    package static let showtimeHasOrders = Refusal(.conflict, "showtime_has_orders")
    /// The showtime has started.
    package static let showtimeStarted = Refusal(.conflict, "showtime_started")
    /// The showtime is cancelled and can't change any more.
    package static let showtimeCancelled = Refusal(.conflict, "showtime_cancelled")
}
