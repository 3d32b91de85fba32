import Callers
import Database
import Foundation

/// Lists of payments and notifications over all orders.
struct PaymentRecordStore: Sendable {
    /// What was believed.
    private static let believed: Query = """
        SELECT
            id, received_at, gateway, notify_id, out_trade_no, trade_no, trade_status, amount_fen, outcome,
            TRUE AS is_proven, NULL::text AS detail, NULL::text AS content_type, NULL::text AS body_start
        FROM payment_notifications
        """

    /// What was refused, in the same columns.
    private static let refused: Query = """
        SELECT
            id, received_at, gateway, NULL::text, out_trade_no, NULL::text, NULL::text, NULL::bigint, outcome,
            is_proven, detail, content_type, body_start
        FROM refused_notices
        """

    /// By the number of the trade, the index on order or the one on state, and all of them by the primary key.
    static func payments(orderID: UUID?, state: PaymentState?, outTradeNo: String?, before: Int64?, limit: Int) -> Query {
        var conditions: [Query] = []
        if let orderID { conditions.append("order_id = \(orderID)") }
        if let state { conditions.append("state = \(state)") }
        if let outTradeNo { conditions.append("out_trade_no = \(outTradeNo)") }
        if let before { conditions.append("id < \(before)") }
        return """
            SELECT \(PaymentStore.columns)
            FROM payments
            WHERE \(conditions.reduce("TRUE" as Query) { "\($0) AND \($1)" })
            ORDER BY id DESC
            LIMIT \(limit)
            """
    }

    /// What was believed and what was refused, in one list by their numbers. Of each table by the index on the number of the trade or the one on
    /// outcome, and all of them by the primary key.
    static func notifications(outcome: NotificationOutcome?, outTradeNo: String?, before: Int64?, limit: Int) -> Query {
        var conditions: [Query] = []
        if let outcome { conditions.append("outcome = \(outcome.rawValue)") }
        if let outTradeNo { conditions.append("out_trade_no = \(outTradeNo)") }
        if let before { conditions.append("id < \(before)") }
        let page: Query = """
            WHERE \(conditions.reduce("TRUE" as Query) { "\($0) AND \($1)" })
            ORDER BY id DESC
            LIMIT \(limit)
            """
        return """
            (
                \(believed)
                \(page)
            )
            UNION ALL
            (
                \(refused)
                \(page)
            )
            ORDER BY id DESC
            LIMIT \(limit)
            """
    }

    func payments(
        orderID: UUID?, state: PaymentState?, outTradeNo: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Payment> {
        let query = Self.payments(
            orderID: orderID, state: state, outTradeNo: outTradeNo, before: try page.idKey(), limit: page.limit + 1
        )
        return Page(try await session.rows(query, PaymentStore.payment), request: page) { ["\($0.id)"] }
    }

    func notifications(
        outcome: NotificationOutcome?, outTradeNo: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<PaymentNotification> {
        let query = Self.notifications(outcome: outcome, outTradeNo: outTradeNo, before: try page.idKey(), limit: page.limit + 1)
        return Page(try await session.rows(query, Self.notification), request: page) { ["\($0.id)"] }
    }

    func notification(_ id: Int64, in session: some PostgresSession) async throws -> PaymentNotification? {
        try await session.row(
            """
            \(Self.believed)
            WHERE id = \(id)
            UNION ALL
            \(Self.refused)
            WHERE id = \(id)
            """,
            Self.notification
        )
    }

    private static func notification(_ row: PostgresRow) throws -> PaymentNotification {
        let outcome: String = try row["outcome"]
        guard let known = NotificationOutcome(rawValue: outcome) else {
            throw Defect("a notification's stored outcome is none of those that are written")
        }
        return PaymentNotification(
            id: try row["id"],
            receivedAt: try row["received_at"],
            gateway: try row["gateway"],
            notifyID: try row["notify_id"],
            outTradeNo: try row["out_trade_no"],
            tradeNo: try row["trade_no"],
            tradeStatus: try row["trade_status"],
            amountFen: try row["amount_fen"],
            outcome: known,
            isProven: try row["is_proven"],
            detail: try row["detail"],
            contentType: try row["content_type"],
            bodyStart: try row["body_start"]
        )
    }
}
