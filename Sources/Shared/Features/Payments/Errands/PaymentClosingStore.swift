import Database
import Foundation

/// Writes closings of payments to the outbox in one statement, for callers that end many orders at once.
struct PaymentClosingStore: Sendable {
    /// Asks for the closing of the payments of one order that goes on, and whose buyer may start another payment. Each trade's closing is
    /// written once, and once more when it isn't done after five minutes. A trade that the buyer never opened is closed by the first
    /// closing, when the trade's time is over.
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

    /// Asks for the closing of all payments that were started for these orders. Uses the index on order.
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
