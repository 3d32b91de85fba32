import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("Administrators' lists stand on indexes")
struct RecordPlanTests {
    /// The plan of a query where whatever has an index uses it.
    private func plan(_ query: Query, in pool: PostgresPool) async throws -> String {
        try await pool.withTransaction { transaction in
            try await transaction.execute("SET LOCAL enable_seqscan = off")
            try await transaction.execute("SET LOCAL enable_bitmapscan = off")
            return try await transaction.rows("EXPLAIN \(query)") { try $0[position: 0] as String }.joined(separator: "\n")
        }
    }

    @Test("No list of payments, notifications, comparisons or messages reads a table from end to end, or sorts it")
    func lists() async throws {
        let id = UUID()
        let queries: [(query: Query, index: String)] = [
            (PaymentRecordStore.payments(orderID: nil, state: nil, outTradeNo: nil, before: 9, limit: 21), "payments_pkey"),
            (PaymentRecordStore.payments(orderID: id, state: nil, outTradeNo: nil, before: 9, limit: 21), "payments_order_index"),
            (PaymentRecordStore.payments(orderID: nil, state: .started, outTradeNo: nil, before: 9, limit: 21), "payments_state_index"),
            (PaymentRecordStore.payments(orderID: nil, state: nil, outTradeNo: "x", before: 9, limit: 21), "payments_out_trade_no_key"),
            (PaymentRecordStore.notifications(outcome: nil, outTradeNo: nil, before: 9, limit: 21), "payment_notifications_pkey"),
            (
                PaymentRecordStore.notifications(
                    outcome: NotificationOutcome(rawValue: "amount_mismatch"), outTradeNo: nil, before: 9, limit: 21),
                "payment_notifications_outcome_index"
            ),
            (
                PaymentRecordStore.notifications(outcome: nil, outTradeNo: "x", before: 9, limit: 21),
                "payment_notifications_out_trade_no_index"
            ),
            (ReconciliationStore.list(gateway: nil, state: .done, before: 9, limit: 21), "reconciliations_pkey"),
            (
                DifferenceStore.list(of: 1, kind: .missingHere, isResolved: false, after: 9, limit: 21),
                "reconciliation_differences_list_index"
            ),
            (OutboxEntryStore.list(state: nil, kind: nil, before: 9, limit: 21), "outbox_pkey"),
            (OutboxEntryStore.list(state: .due, kind: nil, before: 9, limit: 21), "outbox_waiting_index"),
            (OutboxEntryStore.list(state: .dead, kind: nil, before: 9, limit: 21), "outbox_dead_list_index"),
            (OutboxEntryStore.list(state: .dead, kind: "x", before: 9, limit: 21), "outbox_dead_kind_index"),
            (OutboxEntryStore.list(state: .done, kind: "x", before: 9, limit: 21), "outbox_kind_index"),
        ]
        try await withTestDatabase { pool in
            for (query, index) in queries {
                let plan = try await plan(query, in: pool)
                #expect(!plan.contains("Seq Scan"), "\(plan)")
                #expect(plan.contains(index), "\(plan)")
                if index.hasPrefix("payment_notifications") {
                    // One page of this table and one of that, each in its order, are merged.
                    #expect(plan.contains(index.replacing("payment_notifications", with: "refused_notices")), "\(plan)")
                    #expect(plan.contains("Merge Append"), "\(plan)")
                } else {
                    #expect(!plan.contains("Sort Key") || index == "payments_out_trade_no_key", "\(plan)")
                }
            }
        }
    }
}
