/// What is done with news about payments; implemented by whoever the payments are for.
package protocol PaymentFactHandler: Sendable {
    /// Takes in a fact about a payment: in one transaction it judges the fact (``Payments/judge(_:in:)``), acts on it, and records it with the outcome
    /// (``Payments/record(_:outcome:in:)``). The same fact may come any number of times, and facts in any order.
    ///
    /// - Throws: when the transaction failed or its outcome is not known: then the gateway's notice must not be acknowledged.
    func handle(_ fact: PaymentFact) async throws -> PaymentFactOutcome

    /// Takes in that a refund's money has gone back: in one transaction it takes its own locks, marks the refund
    /// (``Payments/markRefunded(_:in:)``) and acts on it if that was news.
    func handle(refunded refund: Refund) async throws
}

/// What came of a fact about a payment.
package enum PaymentFactOutcome: String, CaseIterable, Sendable {
    /// The order is paid.
    case paid
    /// Nothing new.
    case alreadySettled = "already_settled"
    /// The order had run out of time and is paid nevertheless.
    case latePaid = "late_paid"
    /// The order cannot be had any more; the money goes back.
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
    case refundNoticed = "refund_noticed"
    case closed
    case notYet = "not_yet"

    /// Whether the gateway shall be told that we are done with the notice.
    ///
    /// What contradicts our books is recorded and not acknowledged: the gateway tells it again, and a person looks.
    package var isAcknowledged: Bool {
        switch self {
        case .paid, .alreadySettled, .latePaid, .lateRefunding, .duplicateRefunding, .refundNoticed, .closed, .notYet: true
        case .amountMismatch, .unknownTrade, .tradeBoundElsewhere, .applicationUnknown, .sellerUnknown: false
        }
    }
}
