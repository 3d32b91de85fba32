import Database
import Foundation

/// Leaves closings of payments in the outbox by one statement, for whoever ends many orders at once.
struct PaymentClosingStore: Sendable {
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
