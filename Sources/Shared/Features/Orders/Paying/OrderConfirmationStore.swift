import Database
import Foundation

/// Writes orders that become paid, one or a batch. ``OrderLockStore`` has locked their showtimes, accounts and rows.
struct OrderConfirmationStore: Sendable {
    let ledger: Ledger

    /// The statements for the caller's transaction, which has marked the payments as succeeded.
    func writes(_ confirmations: [OrderConfirmation], by actor: OrderActor, at now: Date) -> [Query] {
        let orderIDs = confirmations.map(\.order.id)
        return [
            """
            UPDATE orders
            SET state = confirmed.to_state,
                paid_at = \(now),
                paid_by_payment_id = confirmed.payment_id,
                collection_code = confirmed.collection_code,
                version = version + 1
            FROM unnest(
                \(orderIDs)::uuid[],
                \(confirmations.map(\.transition.to))::text[],
                \(confirmations.map(\.payment.id))::bigint[],
                \(confirmations.map(\.code.text))::text[]
            ) AS confirmed (order_id, to_state, payment_id, collection_code)
            WHERE orders.id = confirmed.order_id
            """,
            """
            INSERT INTO order_events (order_id, at, from_state, to_state, cause, actor_account_id, note)
            SELECT order_id, \(now), from_state, to_state, cause, \(actor.accountID)::bigint, \(actor.note)::text
            FROM unnest(
                \(orderIDs)::uuid[],
                \(confirmations.map(\.transition.from))::text[],
                \(confirmations.map(\.transition.to))::text[],
                \(confirmations.map(\.transition.change.rawValue))::text[]
            ) AS confirmed (order_id, from_state, to_state, cause)
            """,
            ledger.posting(confirmations.map(\.entry), at: now),
            TicketStore.issuing(confirmations.flatMap(\.tickets), at: now),
            OrderStore.raiseSeatRevision(showtimeIDs: Array(Set(confirmations.map(\.order.showtimeID)))),
            // Other payments that were started for the orders must not take money any more.
            PaymentClosingStore.request(orderIDs: orderIDs),
        ]
    }
}
