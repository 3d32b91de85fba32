import Database
import Foundation

@testable import Shared

/// Takes something off the tickets of an unpaid order, by plain SQL, as if it had been opened so.
///
/// - Parameter shares: for each ticket, in the order of the order's seats.
func takeOff(_ shares: [[OrderDiscount]], of orderID: UUID, in database: PostgresPool) async throws {
    func sums(_ isCounted: (OrderDiscount) -> Bool) -> [Int64] {
        shares.map { $0.filter(isCounted).reduce(0) { $0 + $1.amountFen } }
    }
    let discounts = sums { _ in true }
    let others = sums { $0.payer != .merchant }
    let totalFen = discounts.reduce(0, +)
    guard totalFen > 0 else { return }
    let rows = shares.enumerated().flatMap { place, ofTicket in ofTicket.map { (place: Int64(place) + 1, share: $0) } }
    try await database.withTransaction { transaction in
        try await transaction.execute(
            """
            UPDATE orders
            SET discount_fen = \(totalFen),
                payable_fen = payable_fen - \(totalFen),
                seat_discounts_fen = \(discounts),
                seat_others_fen = \(others)
            WHERE id = \(orderID)
            """)
        try await transaction.execute(
            """
            INSERT INTO order_discounts (order_id, place, seat_id, stage, amount_fen, payer, company_id)
            SELECT orders.id, share.place, orders.seat_ids[share.place], share.stage, share.amount_fen, share.payer, nullif(share.company_id, 0)
            FROM unnest(
                \(rows.map(\.place))::integer[],
                \(rows.map(\.share.stage))::text[],
                \(rows.map(\.share.amountFen))::bigint[],
                \(rows.map(\.share.payer.word))::text[],
                \(rows.map { $0.share.payer.companyID ?? 0 })::bigint[]
            ) AS share (place, stage, amount_fen, payer, company_id)
            JOIN orders ON orders.id = \(orderID)
            """)
    }
}

/// Two companies that could pay for discounts.
func distributors(in database: PostgresPool) async throws -> [Int64] {
    try await database.rows("INSERT INTO companies (name) VALUES ('First'), ('Second') RETURNING id") { try $0["id"] }
}
