import Database
import Foundation

/// All orders of one showtime, whose row is locked. By the index on showtime.
struct ShowtimeOrderStore: Sendable {
    /// Locks the buyers of orders that are about to change, in the order of their ids.
    func lockBuyers(showtimeID: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            SELECT id
            FROM accounts
            WHERE id IN (
                SELECT account_id
                FROM orders
                WHERE showtime_id = \(showtimeID)
                    AND state IN ('pending_payment', 'paid_unconfirmed', 'paid', 'collected')
            )
            ORDER BY id
            FOR NO KEY UPDATE
            """
        )
    }

    func unpaidOrderIDs(showtimeID: Int64, in transaction: PostgresTransaction) async throws -> [UUID] {
        try await transaction.rows(
            """
            SELECT id
            FROM orders
            WHERE showtime_id = \(showtimeID)
                AND state IN ('pending_payment', 'paid_unconfirmed')
            """
        ) { try $0["id"] }
    }

    /// Locked, so that none is collected meanwhile.
    func paidOrders(showtimeID: Int64, in transaction: PostgresTransaction) async throws -> [Order] {
        let ids: [UUID] = try await transaction.rows(
            """
            SELECT id
            FROM orders
            WHERE showtime_id = \(showtimeID)
                AND state IN ('paid', 'collected')
            ORDER BY id
            FOR UPDATE
            """
        ) { try $0["id"] }
        return try await transaction.rows(OrderStore.ordersQuery(ids: ids), Order.init(row:))
    }
}
