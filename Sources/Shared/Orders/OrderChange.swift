/// Everything that can happen to an order after it was opened, and from which states to which.
package enum OrderChange: String, CaseIterable, Hashable, Sendable {
    case paymentClaimed = "payment_claimed"
    case paymentConfirmed = "payment_confirmed"
    /// Money came after the order had expired, and its seats were still to be had.
    case latePaymentAccepted = "late_payment_accepted"
    /// Money came after the order had ended, and goes back.
    case latePaymentReturned = "late_payment_returned"
    case cancelledByBuyer = "cancelled_by_buyer"
    case showtimeCancelled = "showtime_cancelled"
    /// Unpaid past its time.
    case lapsed
    case collected
    case refundCompleted = "refund_completed"

    /// The state that the change leads to; `nil` where it can't happen.
    package func next(after state: OrderState) -> OrderState? {
        switch (self, state) {
        case (.paymentClaimed, .pendingPayment): .paidUnconfirmed
        case (.paymentConfirmed, .pendingPayment), (.paymentConfirmed, .paidUnconfirmed): .paid
        case (.latePaymentAccepted, .expired): .paid
        case (.latePaymentReturned, .expired), (.latePaymentReturned, .cancelled): .refunding
        case (.cancelledByBuyer, .pendingPayment), (.cancelledByBuyer, .paidUnconfirmed): .cancelled
        case (.showtimeCancelled, .pendingPayment), (.showtimeCancelled, .paidUnconfirmed): .cancelled
        case (.showtimeCancelled, .paid), (.showtimeCancelled, .collected): .refunding
        case (.lapsed, .pendingPayment), (.lapsed, .paidUnconfirmed): .expired
        case (.collected, .paid): .collected
        case (.refundCompleted, .refunding): .refunded
        default: nil
        }
    }
}
