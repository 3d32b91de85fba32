package import Database

/// Settles the notices of a batch that plainly pay their orders, in one transaction of two round trips, and leaves the others alone.
package struct SettlementWork: LaneWork {
    private let store: SettlementStore
    private let lockPatience: Duration

    /// - Parameter lockPatience: how long a batch waits for each row that somebody else has, before it leaves those alone that need it.
    package init(payments: Payments, ledger: Ledger = Ledger(), lockPatience: Duration = .milliseconds(200)) {
        self.lockPatience = lockPatience
        store = SettlementStore(payments: payments, confirmations: OrderConfirmationStore(ledger: ledger))
    }

    package func perform(
        _ batch: [SettlementRequest],
        isRepetition: Bool,
        on connection: PostgresConnection
    ) async throws -> [Result<SettlementAnswer, any Error>] {
        let results = try await connection.begin(lockPatience: lockPatience, isRepetition: isRepetition) {
            store.reads(batch, waiting: $0)
        }
        let facts = try store.facts(results)
        let decision = try SettlementDecision(batch, facts: facts)
        _ = try await connection.pipeline(store.writes(decision, at: facts.orders.now))
        return decision.answers.map { .success($0) }
    }
}
