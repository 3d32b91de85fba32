package import Callers

extension Refusal {
    /// The method is none that a gateway of ours offers.
    package static let paymentMethodUnknown = Refusal(
        .invalid(pointer: "/method"), "payment_method_unknown", "There is no such way of paying."
    )

    /// More would go back than came.
    package static let refundExceedsPayment = Refusal(
        .conflict, "refund_exceeds_payment", "No more can be refunded than was paid."
    )

    /// Too little time is left for paying.
    package static let paymentTimeOver = Refusal(
        .conflict, "payment_time_over", "There is no time left for paying."
    )
}
