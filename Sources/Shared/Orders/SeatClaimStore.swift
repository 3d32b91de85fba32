import Database
import Foundation

/// Who claims a seat. Read under the showtime's lock.
struct SeatClaimStore: Sendable {
    struct Rival: Hashable, Sendable {
        let orderID: UUID
        /// Whether its order is unpaid past its time.
        let hasLapsed: Bool
    }

    /// The orders that claim a seat of a showtime: one at most.
    func rivals(showtimeID: Int64, seatID: Int64, at now: Date, in transaction: PostgresTransaction) async throws -> [Rival] {
        try await transaction.rows(
            """
            SELECT orders.id, orders.state, orders.expires_at
            FROM seat_claims
            JOIN orders ON orders.id = seat_claims.order_id
            WHERE seat_claims.showtime_id = \(showtimeID)
                AND seat_claims.seat_id = \(seatID)
            """
        ) { row in
            Rival(orderID: try row["id"], hasLapsed: try (row["state"] as OrderState).isUnpaid && (row["expires_at"] as Date) <= now)
        }
    }
}
