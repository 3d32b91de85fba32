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
