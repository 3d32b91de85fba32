import Database
import Foundation

/// Finds the orders that the sweeper ends.
struct OrderSweepStore: Sendable {
    /// Unpaid orders whose time is over, found by the partial index on expiry.
    func lapsedOrders(limit: Int, in session: some PostgresSession) async throws -> [(id: UUID, showtimeID: Int64)] {
        try await session.rows(
            """
            SELECT id, showtime_id
            FROM orders
            WHERE state IN ('pending_payment', 'paid_unconfirmed')
                AND expires_at <= statement_timestamp()
            ORDER BY expires_at
            LIMIT \(limit)
            """
        ) { (id: try $0["id"], showtimeID: try $0["showtime_id"]) }
    }

    /// Those of the orders that are still unpaid although their time is over. Read after their showtime was locked.
    func stillLapsed(_ ids: [UUID], at now: Date, in transaction: PostgresTransaction) async throws -> [UUID] {
        try await transaction.rows(
            """
            SELECT id
            FROM orders
            WHERE id = ANY (\(ids)::uuid[])
                AND state IN ('pending_payment', 'paid_unconfirmed')
                AND expires_at <= \(now)
            """
        ) { try $0["id"] }
    }
}
