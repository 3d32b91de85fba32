import Database
import Foundation

/// The attentions of orders: matters that an administrator has to decide. The orders' rows are locked.
struct OrderAttentionStore: Sendable {
    /// Selects the undecided attention of a row of `orders`; for ``OrderStore``.
    static let undecided: Query = """
        SELECT order_attentions.kind
        FROM order_attentions
        WHERE order_attentions.order_id = orders.id
            AND order_attentions.decided_at IS NULL
        LIMIT 1
        """

    /// Selects the orders that wait for a decision.
    static func orderIDs(_ attention: OrderAttention) -> Query {
        """
        SELECT order_id
        FROM order_attentions
        WHERE kind = \(attention)
            AND decided_at IS NULL
        """
    }

    /// Records that more money went back: the amount of the payment's undecided attention grows.
    func note(
        _ attention: OrderAttention, orderID: UUID, paymentID: Int64, foreignFen: Int64, at now: Date, in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO order_attentions (order_id, payment_id, kind, foreign_fen, noted_at)
            VALUES (\(orderID), \(paymentID), \(attention), \(foreignFen), \(now))
            ON CONFLICT (order_id, payment_id) WHERE decided_at IS NULL
            DO UPDATE SET foreign_fen = order_attentions.foreign_fen + EXCLUDED.foreign_fen
            """
        )
    }

    /// - Returns: whether there was anything to decide.
    func decide(orderID: UUID, by actor: OrderActor, at now: Date, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE order_attentions
            SET decided_at = \(now),
                decided_by_account_id = \(actor.accountID),
                note = \(actor.note)
            WHERE order_id = \(orderID)
                AND decided_at IS NULL
            """
        ) > 0
    }
}

/// Why an administrator has to decide about an order before anybody is let in with it.
package enum OrderAttention: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    /// Somebody sent money back in the gateway's own console; nobody here had asked for that.
    case refundedAtGateway = "refunded_at_gateway"
}
