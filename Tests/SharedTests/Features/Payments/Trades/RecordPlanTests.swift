import Callers
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
        let page = PageRequest(cursor: PageCursor(["9"]).text)
        let queries: [(query: Query, index: String)] = [
            (try PaymentRecordStore.payments(orderID: nil, state: nil, outTradeNo: nil, page: page), "payments_pkey"),
            (try PaymentRecordStore.payments(orderID: id, state: nil, outTradeNo: nil, page: page), "payments_order_index"),
            (try PaymentRecordStore.payments(orderID: nil, state: .started, outTradeNo: nil, page: page), "payments_state_index"),
            (try PaymentRecordStore.payments(orderID: nil, state: nil, outTradeNo: "x", page: page), "payments_out_trade_no_key"),
            (try PaymentRecordStore.notifications(outcome: nil, outTradeNo: nil, page: page), "payment_notifications_pkey"),
            (
                try PaymentRecordStore.notifications(
                    outcome: NotificationOutcome(rawValue: "amount_mismatch"), outTradeNo: nil, page: page),
                "payment_notifications_outcome_index"
            ),
            (
                try PaymentRecordStore.notifications(outcome: nil, outTradeNo: "x", page: page),
                "payment_notifications_out_trade_no_index"
            ),
            (try ReconciliationStore.list(gateway: nil, state: .done, page: page), "reconciliations_pkey"),
            (
                try DifferenceStore.list(of: 1, kind: .missingHere, isResolved: false, page: page),
                "reconciliation_differences_list_index"
            ),
            (try OutboxEntryStore.list(state: nil, kind: nil, page: page), "outbox_pkey"),
            (try OutboxEntryStore.list(state: .due, kind: nil, page: page), "outbox_waiting_index"),
            (try OutboxEntryStore.list(state: .dead, kind: nil, page: page), "outbox_dead_list_index"),
            (try OutboxEntryStore.list(state: .dead, kind: "x", page: page), "outbox_dead_kind_index"),
            (try OutboxEntryStore.list(state: .done, kind: "x", page: page), "outbox_kind_index"),
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
