import Database
import Foundation

/// Reads the facts about a watched payment, by the index on our trade number and the indexes on orders.
struct PaymentWatchStore: Sendable {
    /// - Returns: `nil` when there is no such payment.
    func facts(outTradeNo: TradeNumber, in session: some PostgresSession) async throws -> PaymentWatchRule.Facts? {
        try await session.row(
            """
            SELECT
                payments.state = 'started' AND orders.state IN ('pending_payment', 'paid_unconfirmed') AS is_open,
                NOT EXISTS (
                    SELECT
                    FROM payments AS later
                    WHERE later.order_id = payments.order_id
                        AND later.id > payments.id
                        AND later.state = 'started'
                ) AS is_newest,
                payments.questions,
                extract(EPOCH FROM clock_timestamp() - payments.created_at)::double precision AS age,
                extract(EPOCH FROM orders.expires_at - payments.created_at)::double precision AS time
            FROM payments
            JOIN orders ON orders.id = payments.order_id
            WHERE payments.out_trade_no = \(outTradeNo.rawValue)
            """
        ) { row in
            PaymentWatchRule.Facts(
                isOpen: try row["is_open"],
                isNewest: try row["is_newest"],
                questions: try row["questions"],
                age: try row["age"],
                time: try row["time"]
            )
        }
    }
}
