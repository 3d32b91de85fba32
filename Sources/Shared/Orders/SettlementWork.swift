package import Database

/// Settles the notices of a batch that plainly pay their orders, in one transaction of two round trips, and leaves the others alone.
package struct SettlementWork: LaneWork {
    private let store: SettlementStore

    package init(payments: Payments, ledger: Ledger = Ledger()) {
        store = SettlementStore(payments: payments, confirmations: OrderConfirmationStore(ledger: ledger))
    }

    package func perform(
        _ batch: [SettlementRequest],
        isRepetition: Bool,
        on connection: PostgresConnection
    ) async throws -> [Result<SettlementAnswer, any Error>] {
        let results: [PostgresRows]
        do {
            results = try await connection.pipeline(store.reads(batch))
        } catch let error as PostgresPipelineError where error.underlying.sqlState == .lockNotAvailable && !isRepetition {
            // Somebody keeps a showtime for long: only the notices about it shall wait, each by itself.
            _ = try await connection.rows("ROLLBACK")
            return batch.map { _ in .success(.leftAlone) }
        }
        let facts = try store.facts(results)
        let decision = try SettlementDecision(batch, facts: facts)
        _ = try await connection.pipeline(store.writes(decision, at: facts.orders.now))
        return decision.answers.map { .success($0) }
    }
}
