import Database
import Foundation

/// What the sweeper finds and deletes.
struct OrderSweepStore: Sendable {
    /// Unpaid orders past their time, by the partial index on expiry.
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

    /// Those of the orders that are unpaid past their time now that their showtime is locked.
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
