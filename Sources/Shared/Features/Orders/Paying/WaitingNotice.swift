/// A notice that waits for its turn in a lane.
package struct WaitingNotice: Sendable {
    let fact: PaymentFact
    /// The collection code of the order's tickets, if the notice pays the order. It is made before the transaction. So when a COMMIT gets
    /// no answer, an order that has this code was paid by this very notice.
    let code: CollectionCode

    package init(_ fact: PaymentFact) {
        self.fact = fact
        code = CollectionCode()
    }
}

/// What a batch did with a notice.
package enum NoticeBatchAnswer: Hashable, Sendable {
    /// The notice is handled and recorded.
    case handled(PaymentFactOutcome)
    /// Nothing was done or recorded: the notice needs a transaction of its own.
    case leftAlone
    /// As ``leftAlone``, and somebody else has a lock that the notice needs, so that its transaction may have to wait.
    case held
}
