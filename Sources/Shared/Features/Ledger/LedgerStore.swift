import Callers
import Database
import Foundation

/// The ledger's rows; they are only ever added.
struct LedgerStore: Sendable {
    /// Adds entries in one statement, without those that have no lines. PostgreSQL can't unnest an array of arrays by one level, so the lines are passed one by one, each
    /// with the number of its entry.
    static func adding(_ entries: [LedgerEntry], at now: Date) -> Query {
        let lines = entries.enumerated().flatMap { place, entry in entry.lines.map { (place: place + 1, line: $0) } }
        return """
            INSERT INTO ledger_entries (at, kind, order_id, payment_id, refund_id, accounts, amounts_fen)
            SELECT \(now), posted.kind, posted.order_id, posted.payment_id, posted.refund_id, lines.accounts, lines.amounts_fen
            FROM unnest(
                \(entries.map(\.kind.rawValue))::text[],
                \(entries.map(\.orderID))::uuid[],
                \(entries.map(\.paymentID))::bigint[],
                \(entries.map(\.refundID))::bigint[]
            ) WITH ORDINALITY AS posted (kind, order_id, payment_id, refund_id, place)
            JOIN (
                SELECT place, array_agg(account ORDER BY number) AS accounts, array_agg(amount_fen ORDER BY number) AS amounts_fen
                FROM unnest(
                    \(lines.map(\.place))::bigint[],
                    \(lines.map(\.line.account.rawValue))::text[],
                    \(lines.map(\.line.amountFen))::bigint[]
                ) WITH ORDINALITY AS line (place, account, amount_fen, number)
                GROUP BY place
            ) AS lines ON lines.place = posted.place
            ORDER BY posted.place
            """
    }

    /// Entries, newest first: those of an order by the index on it, all of them by the primary key.
    func entries(orderID: UUID?, page: PageRequest, in session: some PostgresSession) async throws -> Page<PostedEntry> {
        let columns: Query = "id, at, kind, order_id, payment_id, refund_id, accounts, amounts_fen"
        let query = try Query.page(page, of: "ledger_entries", columns, where: [orderID.map { "order_id = \($0)" }], .newestFirst)
        let rows = try await session.rows(query) { row in
            let accounts: [String] = try row["accounts"]
            let amounts: [Int64] = try row["amounts_fen"]
            let word: String = try row["kind"]
            guard let kind = LedgerEntry.Kind(rawValue: word) else { throw Defect.ledgerKindUnknown }
            return PostedEntry(
                id: try row["id"],
                at: try row["at"],
                entry: LedgerEntry(
                    kind,
                    orderID: try row["order_id"],
                    paymentID: try row["payment_id"],
                    refundID: try row["refund_id"],
                    lines: zip(accounts, amounts).map { LedgerLine(LedgerAccount(rawValue: $0), $1) }
                )
            )
        }
        return Page(rows, request: page, id: \.id)
    }

    /// The sum of each account's lines, by name. It reads the whole ledger, which is fast enough for a person who asks now and then.
    func balances(page: PageRequest, in session: some PostgresSession) async throws -> Page<LedgerBalance> {
        let after = try page.keys(count: 1)?[0] ?? ""
        let rows = try await session.rows(
            """
            SELECT account, sum(amount_fen)::bigint AS amount_fen
            FROM ledger_lines
            WHERE account > \(after)
            GROUP BY account
            ORDER BY account
            LIMIT \(page.rowLimit)
            """
        ) { row in
            let account: String = try row["account"]
            return LedgerBalance(account: LedgerAccount(rawValue: account), amountFen: try row["amount_fen"])
        }
        return Page(rows, request: page) { [$0.account.rawValue] }
    }
}

extension Defect {
    /// Nobody may be shown such an entry as something else.
    static let ledgerKindUnknown = Defect("an entry in the books is of a kind that this program doesn't know")
}
