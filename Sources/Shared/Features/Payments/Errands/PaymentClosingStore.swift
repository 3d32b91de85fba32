import Database
import Foundation

/// Leaves closings of payments in the outbox by one statement, for whoever ends many orders at once.
struct PaymentClosingStore: Sendable {
    /// The same for one order that goes on, and whose buyer may start again: each trade's closing is left once, and once more when it has not come
    /// to an end in five minutes. One that was never opened is closed at its own end by the first.
    static func requestOnce(orderID: UUID) -> Query {
        """
        WITH closing AS (
            UPDATE payments
            SET closing_requested_at = clock_timestamp()
            WHERE order_id = \(orderID)
                AND state = 'started'
                AND never_opened_at IS NULL
                AND coalesce(closing_requested_at < clock_timestamp() - INTERVAL '5 minutes', TRUE)
            RETURNING out_trade_no
        )
        INSERT INTO outbox (kind, payload)
        SELECT \(Payments.closing), jsonb_build_object('outTradeNo', out_trade_no)
        FROM closing
        """
    }

    /// The gateway shall take no money any more for what was started for these orders. By the index on order.
    static func request(orderIDs: [UUID]) -> Query {
        """
        INSERT INTO outbox (kind, payload)
        SELECT \(Payments.closing), jsonb_build_object('outTradeNo', out_trade_no)
        FROM payments
        WHERE order_id = ANY (\(orderIDs)::uuid[])
            AND state = 'started'
        """
    }
}
