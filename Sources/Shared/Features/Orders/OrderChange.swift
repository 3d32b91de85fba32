/// Everything that can happen to an order after it was opened. ``next(after:)`` says in which states it can happen.
package enum OrderChange: String, CaseIterable, Hashable, Sendable {
    case paymentClaimed = "payment_claimed"
    case paymentConfirmed = "payment_confirmed"
    /// Money came after the order had expired, and its seats were still to be had.
    case latePaymentAccepted = "late_payment_accepted"
    /// Money came after the order had ended. It goes back.
    case latePaymentReturned = "late_payment_returned"
    case cancelledByBuyer = "cancelled_by_buyer"
    /// An unpaid order that the cinema or the platform ended, with a reason.
    case voided
    case showtimeCancelled = "showtime_cancelled"
    /// The order was not paid in time.
    case lapsed
    case collected
    /// Some of its tickets go back; others stay.
    case ticketsRefundedByBuyer = "tickets_refunded_by_buyer"
    case ticketsRefundedByCinema = "tickets_refunded_by_cinema"
    case ticketsRefundedByPlatform = "tickets_refunded_by_platform"
    /// All tickets that it still had go back.
    case refundedByBuyer = "refunded_by_buyer"
    case refundedByCinema = "refunded_by_cinema"
    case refundedByPlatform = "refunded_by_platform"
    /// A refund has been paid, and tickets or other refunds are left.
    case refundPaid = "refund_paid"
    case refundCompleted = "refund_completed"
    /// A ticket got another seat.
    case reseated
    /// Its tickets were printed once more.
    case reprinted
    /// The holder of one of its tickets has entered.
    case entered
    /// A clerk has taken back an entry that was a mistake.
    case entryUndone = "entry_undone"
    /// Money of a wrong amount was sent back.
    case wrongAmountReturned = "wrong_amount_returned"
    /// Money went back at the gateway, though nobody here had asked for that.
    case refundedAtGateway = "refunded_at_gateway"
    /// An administrator has decided that the order counts in spite of its attention.
    case attentionDecided = "attention_decided"

    /// The state that the change leads to; `nil` when it can't happen in this state.
    package func next(after state: OrderState) -> OrderState? {
        switch (self, state) {
        case (.paymentClaimed, .pendingPayment): .paidUnconfirmed
        case (.paymentConfirmed, .pendingPayment), (.paymentConfirmed, .paidUnconfirmed): .paid
        case (.latePaymentAccepted, .expired): .paid
        case (.latePaymentReturned, .expired), (.latePaymentReturned, .cancelled): .refunding
        case (.cancelledByBuyer, .pendingPayment), (.cancelledByBuyer, .paidUnconfirmed): .cancelled
        case (.voided, .pendingPayment), (.voided, .paidUnconfirmed): .cancelled
        case (.showtimeCancelled, .pendingPayment), (.showtimeCancelled, .paidUnconfirmed): .cancelled
        case (.showtimeCancelled, .paid), (.showtimeCancelled, .collected): .refunding
        case (.lapsed, .pendingPayment), (.lapsed, .paidUnconfirmed): .expired
        case (.collected, .paid): .collected
        case (.ticketsRefundedByBuyer, .paid), (.ticketsRefundedByCinema, .paid), (.ticketsRefundedByPlatform, .paid): .paid
        case (.refundedByBuyer, .paid), (.refundedByCinema, .paid), (.refundedByPlatform, .paid): .refunding
        // Money of a wrong amount can have come in any state of the order.
        case (.refundPaid, _): state
        case (.wrongAmountReturned, _), (.refundedAtGateway, _), (.attentionDecided, _): state
        case (.refundCompleted, .refunding): .refunded
        case (.reseated, .paid): .paid
        case (.reprinted, .paid), (.reprinted, .collected): state
        case (.entered, .paid), (.entered, .collected): state
        case (.entryUndone, .paid), (.entryUndone, .collected): state
        default: nil
        }
    }
}

/// A change of an order that its state allows. Stores carry out nothing else.
struct OrderTransition: Hashable, Sendable {
    let change: OrderChange
    let from: OrderState
    let to: OrderState

    /// - Throws: ``OrderChangeImpossible`` where the state doesn't allow it.
    init(_ change: OrderChange, from state: OrderState) throws {
        guard let next = change.next(after: state) else { throw OrderChangeImpossible(change: change, state: state) }
        self.change = change
        from = state
        to = next
    }
}

/// Somebody asked for a change that the order's state doesn't allow: a defect of the caller.
package struct OrderChangeImpossible: Error, Hashable {
    package let change: OrderChange
    package let state: OrderState
}
