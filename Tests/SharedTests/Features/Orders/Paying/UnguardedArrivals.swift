import Database
import Foundation
import TestSupport

@testable import Shared

/// Settling a batch of notices with the same reads, rules and writes as a lane's, but with the row locks given up between reading and writing.
///
/// For control tests only: it shows that a race is there to be won.
struct UnguardedArrivals: Sendable {
    let database: PostgresPool
    let payments: Payments
    /// What is waited for between reading and writing.
    let hasRead: @Sendable () async throws -> Void

    func handle(_ facts: [PaymentFact]) async throws -> [NoticeBatchAnswer] {
        let requests = facts.map { WaitingNotice($0) }
        let store = NoticeBatchStore(payments: payments, confirmations: OrderConfirmationStore(ledger: Ledger()))
        let connection = try await PostgresConnection.connect(to: database.configuration.connection)
        let reads = try await connection.pipeline(store.reads(requests, waiting: .forLock))
        let read = try store.facts(reads)
        try await hasRead()
        _ = try await connection.rows("BEGIN")
        let decision = try NoticeBatchDecision(requests, facts: read)
        _ = try await connection.pipeline(store.writes(decision, at: read.orders.now))
        await connection.close()
        return decision.answers
    }

    /// Takes away the constraints each of which keeps an order from being paid twice.
    static func dropConstraints(in database: PostgresPool) async throws {
        try await database.execute("DROP INDEX ledger_entries_payment_key")
        try await database.execute("DROP INDEX tickets_showtime_seat_key")
        try await database.execute("ALTER TABLE tickets DROP CONSTRAINT tickets_order_id_seat_id_key")
    }
}
