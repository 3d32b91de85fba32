import Database
import Foundation

/// The two round trips of a batch of notices: {BEGIN, locks, reads} and {writes, COMMIT}.
struct NoticeBatchStore: Sendable {
    let payments: Payments
    let confirmations: OrderConfirmationStore

    /// Locks the orders that the notices are about, with their showtimes and accounts, and reads what the rules need.
    ///
    /// - Parameter wait: what to do with rows that somebody else has locked.
    func reads(_ requests: [WaitingNotice], waiting wait: LockWait) -> [Query] {
        let facts = requests.map(\.fact)
        let orderIDs = Payments.orderIDs(facts)
        return OrderLockStore.locking(orderIDs, waiting: wait) + TradeEvidence.reads(facts)
            + [OrderStore.collectionCodesQuery(idsIn: orderIDs)]
    }

    /// The facts from the results of ``reads(_:waiting:)``.
    func facts(_ results: [PostgresRows]) throws -> NoticeBatchFacts {
        var codes: [UUID: String] = [:]
        if let paid = results.last {
            for row in paid { codes[try row["id"]] = try row["collection_code"] as String }
        }
        let read = results.dropLast()
        return NoticeBatchFacts(
            orders: try OrderLockStore.locked(read.prefix(OrderLockStore.statements)),
            evidence: try TradeEvidence(read.dropFirst(OrderLockStore.statements)),
            codes: codes
        )
    }

    /// The statements that write a decision, and COMMIT.
    func writes(_ decision: NoticeBatchDecision, at now: Date) -> [Query] {
        let confirmed = decision.confirmed
        let acknowledged = decision.acknowledgedShowtimeIDs
        guard !confirmed.isEmpty || !acknowledged.isEmpty else { return ["ROLLBACK"] }
        // Nobody has been notified of what the first try wrote: the repetition does it.
        let end = Query.changing(acknowledged.map { .seats(ofShowtime: $0) }, by: "COMMIT")
        guard !confirmed.isEmpty else { return [end] }
        return [payments.succeeding(confirmed.map { ProvenPayment($0.confirmation.payment, by: $0.fact) })]
            + confirmations.writes(confirmed.map(\.confirmation), by: .nobody, at: now)
            + [payments.recording(confirmed.map { ($0.fact, .paid) }), end]
    }
}
