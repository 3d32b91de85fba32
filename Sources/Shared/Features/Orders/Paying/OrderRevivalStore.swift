import Database
import Foundation

/// Reads whether an expired order can be revived. The showtime and the account are locked.
struct OrderRevivalStore: Sendable {
    struct Facts: Sendable {
        /// Whether the showtime is neither cancelled nor over, and still at the time that the buyer ordered.
        let isShowtimeOn: Bool
        /// How many seats of the showtime one person may hold.
        let seatLimit: Int
        /// How many seats of the showtime the buyer holds in other orders.
        let seatsHeld: Int
        /// How many other orders claim one of the seats and have not lapsed.
        let rivals: Int
        /// Other orders that claim one of the seats and have lapsed.
        let lapsedRivals: [UUID]

        /// Whether the seats are free, the showtime is on, and the limits are kept.
        func allow(seats: Int) -> Bool {
            isShowtimeOn && rivals == 0 && seatsHeld + seats <= seatLimit
        }
    }

    private let claims = SeatClaimStore()

    func facts(_ order: Order, at now: Date, in transaction: PostgresTransaction) async throws -> Facts {
        let rivals = try await claims.rivals(
            showtimeID: order.showtimeID, seatIDs: order.lines.map(\.seatID), besides: order.id, at: now, in: transaction
        )
        let found = try await transaction.requiredRow(
            """
            SELECT
                showtimes.cancelled_at IS NULL
                    AND showtimes.starts_at > \(now)
                    AND showtimes.starts_at = (SELECT showtime_starts_at FROM orders WHERE id = \(order.id)) AS is_on,
                cinemas.seat_limit,
                (
                    SELECT coalesce(sum(cardinality(orders.seat_ids) - cardinality(orders.refunded_seat_ids)), 0)::bigint
                    FROM orders
                    WHERE orders.account_id = \(order.accountID)
                        AND orders.channel = 'online'
                        AND orders.showtime_id = showtimes.id
                        AND orders.id <> \(order.id)
                        AND (
                            orders.state IN ('paid', 'collected')
                            OR orders.state IN ('pending_payment', 'paid_unconfirmed') AND orders.expires_at > \(now)
                        )
                ) AS seats_held
            FROM showtimes
            JOIN cinemas ON cinemas.id = showtimes.cinema_id
            WHERE showtimes.id = \(order.showtimeID)
            """
        ) { row in
            (isOn: try row["is_on"] as Bool, seatLimit: try row["seat_limit"] as Int, seatsHeld: try row["seats_held"] as Int)
        }
        return Facts(
            isShowtimeOn: found.isOn,
            seatLimit: found.seatLimit,
            seatsHeld: found.seatsHeld,
            rivals: rivals.count { !$0.hasLapsed },
            lapsedRivals: rivals.filter(\.hasLapsed).map(\.orderID)
        )
    }
}
