import Database
import Foundation

/// What decides whether an expired order can still be had. Read under the showtime's and the account's locks.
struct OrderRevivalStore: Sendable {
    struct Facts: Sendable {
        /// Whether the showtime is neither cancelled nor over.
        let isShowtimeOn: Bool
        /// Seats that one person may hold of the showtime.
        let seatLimit: Int
        /// Seats that the buyer holds of it beside the order.
        let seatsHeld: Int
        /// Other orders that claim one of the seats and have not lapsed.
        let rivals: Int
        /// Other orders that claim one of the seats and have lapsed.
        let lapsedRivals: [UUID]

        /// Seats free, showtime on, limits kept.
        func allow(seats: Int) -> Bool {
            isShowtimeOn && rivals == 0 && seatsHeld + seats <= seatLimit
        }
    }

    func facts(_ order: Order, at now: Date, in transaction: PostgresTransaction) async throws -> Facts {
        let rivals = try await transaction.rows(
            """
            SELECT DISTINCT orders.id, orders.state, orders.expires_at
            FROM seat_claims
            JOIN orders ON orders.id = seat_claims.order_id
            WHERE seat_claims.showtime_id = \(order.showtimeID)
                AND seat_claims.seat_id = ANY (\(order.lines.map(\.seatID))::bigint[])
                AND seat_claims.order_id <> \(order.id)
            """
        ) { row in
            (
                id: try row["id"] as UUID,
                hasLapsed: try (row["state"] as OrderState).isUnpaid && (row["expires_at"] as Date) <= now
            )
        }
        let found = try await transaction.row(
            """
            SELECT
                showtimes.cancelled_at IS NULL AND showtimes.starts_at > \(now) AS is_on,
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
            isShowtimeOn: found?.isOn ?? false,
            seatLimit: found?.seatLimit ?? 0,
            seatsHeld: found?.seatsHeld ?? 0,
            rivals: rivals.count { !$0.hasLapsed },
            lapsedRivals: rivals.filter(\.hasLapsed).map(\.id)
        )
    }
}
