import Database
import Foundation

/// Writes one order's change. Its showtime, account and row are locked by ``OrderLockStore``.
struct OrderChangeStore: Sendable {
    /// Carries a change out and appends its event.
    ///
    /// - Throws: ``OrderChangeImpossible`` where the state doesn't allow it.
    func apply(
        _ change: OrderChange,
        to order: Order,
        actorAccountID: Int64?,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        guard let next = change.next(after: order.state) else { throw OrderChangeImpossible(change: change, state: order.state) }
        try await transaction.execute(
            """
            UPDATE orders
            SET state = \(next), version = version + 1
            WHERE id = \(order.id)
            """
        )
        try await appendEvent(change, to: next, of: order, actorAccountID: actorAccountID, at: now, in: transaction)
    }

    /// Makes a paid order of it, with the code that its tickets are collected with.
    ///
    /// - Throws: ``OrderChangeImpossible`` where the state doesn't allow it.
    func markPaid(
        _ order: Order,
        by change: OrderChange,
        code: CollectionCode,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        guard let next = change.next(after: order.state) else { throw OrderChangeImpossible(change: change, state: order.state) }
        try await transaction.execute(
            """
            UPDATE orders
            SET state = \(next), paid_at = \(now), collection_code = \(code.text), version = version + 1
            WHERE id = \(order.id)
            """
        )
        try await appendEvent(change, to: next, of: order, actorAccountID: nil, at: now, in: transaction)
    }

    /// Holds the seats of an order until a later time.
    func extend(_ order: Order, until expiresAt: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE orders
            SET expires_at = \(expiresAt)
            WHERE id = \(order.id)
            """
        )
    }

    /// Claims an order's seats again. Nobody else may have a claim on them.
    func claim(_ order: Order, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO seat_claims (showtime_id, seat_id, order_id)
            SELECT \(order.showtimeID)::bigint, seat_id, \(order.id)::uuid
            FROM unnest(\(order.lines.map(\.seatID))::bigint[]) AS claimed (seat_id)
            """
        )
    }

    /// Gives an order's seats back.
    func release(_ order: Order, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            DELETE FROM seat_claims
            WHERE showtime_id = \(order.showtimeID)
                AND seat_id = ANY (\(order.lines.map(\.seatID))::bigint[])
                AND order_id = \(order.id)
            """
        )
    }

    private func appendEvent(
        _ change: OrderChange,
        to next: OrderState,
        of order: Order,
        actorAccountID: Int64?,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO order_events (order_id, at, from_state, to_state, cause, actor_account_id)
            VALUES (\(order.id), \(now), \(order.state), \(next), \(change.rawValue), \(actorAccountID))
            """
        )
    }
}

/// A change that its state doesn't allow was asked for: a defect in what asked.
package struct OrderChangeImpossible: Error, Hashable {
    package let change: OrderChange
    package let state: OrderState
}
