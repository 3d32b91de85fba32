/// A notice that waits for its turn in a lane.
package struct WaitingNotice: Sendable {
    let fact: PaymentFact
    /// What the tickets will be collected with if the notice pays an order. It is made before the transaction, so that an order which has it was
    /// paid by this very request: after a COMMIT without an answer that is how one knows.
    let code: CollectionCode

    package init(_ fact: PaymentFact) {
        self.fact = fact
        code = CollectionCode()
    }
}

/// What a batch made of a notice.
package enum NoticeBatchAnswer: Hashable, Sendable {
    /// Done and recorded.
    case handled(PaymentFactOutcome)
    /// Nothing was done or recorded: it needs a transaction of its own.
    case leftAlone
    /// The same, and somebody else has a lock that it needs, so that the transaction may have to wait.
    case held
}
