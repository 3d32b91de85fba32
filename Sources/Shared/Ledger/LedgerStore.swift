import Database
import Foundation

/// The ledger's rows; they are only ever added.
struct LedgerStore: Sendable {
    func add(_ entry: LedgerEntry, at now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO ledger_entries (at, kind, order_id, payment_id, refund_id, accounts, amounts_fen)
            VALUES (
                \(now), \(entry.kind.rawValue), \(entry.orderID), \(entry.paymentID), \(entry.refundID),
                \(entry.lines.map(\.account.rawValue))::text[], \(entry.lines.map(\.amountFen))::bigint[]
            )
            """
        )
    }

    /// Entries, newest first: those of an order by the index on it, all of them by the primary key.
    func entries(orderID: UUID?, page: PageRequest, in session: some PostgresSession) async throws -> Page<PostedEntry> {
        var conditions: Query = "TRUE"
        if let orderID { conditions = "\(conditions) AND order_id = \(orderID)" }
        if let after = try page.idKey() { conditions = "\(conditions) AND id < \(after)" }
        let rows = try await session.rows(
            """
            SELECT id, at, kind, order_id, payment_id, refund_id, accounts, amounts_fen
            FROM ledger_entries
            WHERE \(conditions)
            ORDER BY id DESC
            LIMIT \(page.limit + 1)
            """
        ) { row in
            let accounts: [String] = try row["accounts"]
            let amounts: [Int64] = try row["amounts_fen"]
            let kind: String = try row["kind"]
            return PostedEntry(
                id: try row["id"],
                at: try row["at"],
                entry: LedgerEntry(
                    LedgerEntry.Kind(rawValue: kind) ?? .payment,
                    orderID: try row["order_id"],
                    paymentID: try row["payment_id"],
                    refundID: try row["refund_id"],
                    lines: zip(accounts, amounts).map { LedgerLine(LedgerAccount(rawValue: $0), $1) }
                )
            )
        }
        return Page(rows, request: page) { [String($0.id)] }
    }

    /// What each account's lines add up to, by name. Reads the whole ledger: for a person who asks now and then.
    func balances(page: PageRequest, in session: some PostgresSession) async throws -> Page<LedgerBalance> {
        let after = try page.keys(count: 1)?[0] ?? ""
        let rows = try await session.rows(
            """
            SELECT account, sum(amount_fen)::bigint AS amount_fen
            FROM ledger_lines
            WHERE account > \(after)
            GROUP BY account
            ORDER BY account
            LIMIT \(page.limit + 1)
            """
        ) { row in
            let account: String = try row["account"]
            return LedgerBalance(account: LedgerAccount(rawValue: account), amountFen: try row["amount_fen"])
        }
        return Page(rows, request: page) { [$0.account.rawValue] }
    }
}
