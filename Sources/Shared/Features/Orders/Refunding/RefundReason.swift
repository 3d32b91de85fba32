/// Why money goes back; the buyer reads it at the gateway.
package enum RefundReason: String, CaseIterable, Hashable, Sendable {
    /// It came after the order had ended.
    case latePayment = "late_payment"
    /// The order had been paid already.
    case duplicatePayment = "duplicate_payment"
    /// It was another amount than the order's.
    case wrongAmount = "wrong_amount"
    case showtimeCancelled = "showtime_cancelled"
    case requestedByBuyer = "requested_by_buyer"
    case requestedByCinema = "requested_by_cinema"
    case requestedByPlatform = "requested_by_platform"
}
