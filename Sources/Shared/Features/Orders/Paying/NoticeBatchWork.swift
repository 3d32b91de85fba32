package import Database

/// Handles a batch of notices in one transaction of two round trips: it writes those that plainly pay their orders, and leaves the others
/// alone.
package struct NoticeBatchWork: LaneWork {
    private let store: NoticeBatchStore
    private let lockPatience: Duration

    /// - Parameter lockPatience: how long a batch waits for each row that somebody else has locked, before it leaves the notices alone that
    ///   need it.
    package init(payments: Payments, ledger: Ledger = Ledger(), lockPatience: Duration = .milliseconds(200)) {
        self.lockPatience = lockPatience
        store = NoticeBatchStore(payments: payments, confirmations: OrderConfirmationStore(ledger: ledger))
    }

    package func perform(
        _ batch: [WaitingNotice],
        isRepetition: Bool,
        on connection: PostgresConnection
    ) async throws -> [Result<NoticeBatchAnswer, any Error>] {
        let results = try await connection.begin(lockPatience: lockPatience, isRepetition: isRepetition) {
            store.reads(batch, waiting: $0)
        }
        let facts = try store.facts(results)
        let decision = try NoticeBatchDecision(batch, facts: facts)
        _ = try await connection.pipeline(store.writes(decision, at: facts.orders.now))
        return decision.answers.map { .success($0) }
    }
}

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
