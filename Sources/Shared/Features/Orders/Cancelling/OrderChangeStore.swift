import Database
import Foundation

/// Writes a change of one order. ``OrderLockStore`` has locked its showtime, account and row.
struct OrderChangeStore: Sendable {
    /// Carries a change out and appends its event.
    func apply(
        _ transition: OrderTransition,
        to order: Order,
        by actor: OrderActor,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            UPDATE orders
            SET state = \(transition.to),
                version = version + 1
            WHERE id = \(order.id)
            """
        )
        try await appendEvent(transition, of: order, by: actor, at: now, in: transaction)
    }

    /// Records that the tickets of these seats were given back.
    func addRefundedSeats(_ seatIDs: [Int64], of order: Order, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE orders
            SET refunded_seat_ids = refunded_seat_ids || \(seatIDs)::bigint[]
            WHERE id = \(order.id)
            """
        )
    }

    /// Puts one seat in the place of another.
    func replaceSeat(_ seatID: Int64, by newSeatID: Int64, of order: Order, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE orders
            SET seat_ids = array_replace(seat_ids, \(seatID)::bigint, \(newSeatID)::bigint)
            WHERE id = \(order.id)
            """
        )
    }

    /// Holds the seats of an order until a later time. A seat map that is read after the earlier time and before the COMMIT shows the seats
    /// as free. So this counts as a change of the showtime's seats, and the showtime's row must be locked.
    func extend(_ order: Order, until expiresAt: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE orders
            SET expires_at = \(expiresAt)
            WHERE id = \(order.id)
            """
        )
        try await transaction.execute(OrderStore.raiseSeatRevision(showtimeIDs: [order.showtimeID]))
    }

    /// Writes an order's seat claims. Nobody else may have one on these seats.
    func claim(_ seatIDs: [Int64], for order: Order, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO seat_claims (showtime_id, seat_id, order_id)
            SELECT \(order.showtimeID)::bigint, seat_id, \(order.id)::uuid
            FROM unnest(\(seatIDs)::bigint[]) AS claimed (seat_id)
            """
        )
    }

    /// Deletes an order's claims on seats, so that the seats are free.
    func release(_ seatIDs: [Int64], of order: Order, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            DELETE FROM seat_claims
            WHERE showtime_id = \(order.showtimeID)
                AND seat_id = ANY (\(seatIDs)::bigint[])
                AND order_id = \(order.id)
            """
        )
    }

    private func appendEvent(
        _ transition: OrderTransition,
        of order: Order,
        by actor: OrderActor,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO order_events (order_id, at, from_state, to_state, cause, actor_account_id, note)
            VALUES (
                \(order.id), \(now), \(transition.from), \(transition.to), \(transition.change.rawValue), \(actor.accountID), \(actor.note)
            )
            """
        )
    }
}
