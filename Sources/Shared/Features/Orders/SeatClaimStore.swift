import Database
import Foundation

/// Other orders' seat claims. Read under the showtime's lock.
struct SeatClaimStore: Sendable {
    struct Rival: Hashable, Sendable {
        let orderID: UUID
        /// Whether its order is unpaid and its time is over.
        let hasLapsed: Bool
    }

    /// The other orders that claim one of these seats of a showtime.
    func rivals(
        showtimeID: Int64, seatIDs: [Int64], besides orderID: UUID, at now: Date, in transaction: PostgresTransaction
    ) async throws -> [Rival] {
        try await transaction.rows(
            """
            SELECT DISTINCT orders.id, orders.state, orders.expires_at
            FROM seat_claims
            JOIN orders ON orders.id = seat_claims.order_id
            WHERE seat_claims.showtime_id = \(showtimeID)
                AND seat_claims.seat_id = ANY (\(seatIDs)::bigint[])
                AND seat_claims.order_id <> \(orderID)
            """
        ) { row in
            Rival(orderID: try row["id"], hasLapsed: try (row["state"] as OrderState).isUnpaid && (row["expires_at"] as Date) <= now)
        }
    }
}
