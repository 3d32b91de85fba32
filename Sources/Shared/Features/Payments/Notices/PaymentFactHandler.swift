/// Acts on facts about payments. The feature whose things are paid implements it.
package protocol PaymentFactHandler: Sendable {
    /// Handles a fact about a payment. In one transaction it judges the fact (``Payments/judge(_:in:)``), acts on it, and records it with
    /// the outcome
    /// (``Payments/record(_:outcome:in:)``). The same fact may come any number of times, and facts in any order.
    ///
    /// - Throws: when the transaction failed or its outcome is unknown. Then the gateway's notice must not be acknowledged.
    func handle(_ fact: PaymentFact) async throws -> PaymentFactOutcome

    /// Handles the fact that a refund's money has gone back. In one transaction it takes its own locks, marks the refund
    /// (``Payments/markRefunded(_:in:)``), and acts if the refund wasn't marked before.
    func handle(refunded refund: Refund) async throws
}

/// The outcome of handling a fact.
package enum PaymentFactOutcome: String, CaseIterable, Sendable {
    /// The order is paid.
    case paid
    /// Nothing new.
    case alreadySettled = "already_settled"
    /// The order had expired and is paid nevertheless.
    case latePaid = "late_paid"
    /// The order can't be revived; the money goes back.
    case lateRefunding = "late_refunding"
    /// The order was paid already by another payment; this one's money goes back.
    case duplicateRefunding = "duplicate_refunding"
    case amountMismatch = "amount_mismatch"
    /// We never started such a payment.
    case unknownTrade = "unknown_trade"
    case tradeBoundElsewhere = "trade_bound_elsewhere"
    /// The notice is for another application.
    case applicationUnknown = "application_unknown"
    /// The money went to another seller.
    case sellerUnknown = "seller_unknown"
    /// More went back than came, as the gateway says: that can't be.
    case refundExceedsPayment = "refund_exceeds_payment"
    case refundNoticed = "refund_noticed"
    case closed
    case notYet = "not_yet"

    /// Whether the gateway shall be told that we are done with the notice.
    ///
    /// What contradicts our books is recorded and not acknowledged: the gateway tells it again, and a person looks.
    package var isAcknowledged: Bool {
        switch self {
        case .paid, .alreadySettled, .latePaid, .lateRefunding, .duplicateRefunding, .refundNoticed, .closed, .notYet: true
        case .amountMismatch, .unknownTrade, .tradeBoundElsewhere, .refundExceedsPayment, .applicationUnknown, .sellerUnknown: false
        }
    }
}
