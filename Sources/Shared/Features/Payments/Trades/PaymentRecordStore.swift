import Callers
import Database
import Foundation

/// Lists of payments and notifications over all orders.
struct PaymentRecordStore: Sendable {
    /// Notices that were believed.
    private static let believed: Query = """
        id, received_at, gateway, notify_id, out_trade_no, trade_no, trade_status, amount_fen, outcome,
        TRUE AS is_proven, NULL::text AS detail, NULL::text AS content_type, NULL::text AS body_start
        """

    /// Notices that were refused, in the same columns.
    private static let refused: Query = """
        id, received_at, gateway, NULL::text, out_trade_no, NULL::text, NULL::text, NULL::bigint, outcome,
        is_proven, detail, content_type, body_start
        """

    /// By the number of the trade, the index on order or the one on state, and all of them by the primary key.
    static func payments(orderID: UUID?, state: PaymentState?, outTradeNo: String?, page: PageRequest) throws -> Query {
        let conditions: [Query?] = [
            orderID.map { "order_id = \($0)" }, state.map { "state = \($0)" }, outTradeNo.map { "out_trade_no = \($0)" },
        ]
        return try .page(page, of: "payments", PaymentStore.columns, where: conditions, .newestFirst)
    }

    /// What was believed and what was refused, in one list by their numbers. Of each table by the index on the number of the trade or the one on
    /// outcome, and all of them by the primary key.
    static func notifications(outcome: NotificationOutcome?, outTradeNo: String?, page: PageRequest) throws -> Query {
        let conditions: [Query?] = [outcome.map { "outcome = \($0.rawValue)" }, outTradeNo.map { "out_trade_no = \($0)" }]
        let believed = try Query.page(page, of: "payment_notifications", Self.believed, where: conditions, .newestFirst)
        let refused = try Query.page(page, of: "refused_notices", Self.refused, where: conditions, .newestFirst)
        return """
            (
                \(believed)
            )
            UNION ALL
            (
                \(refused)
            )
            ORDER BY id DESC
            LIMIT \(page.rowLimit)
            """
    }

    func payments(
        orderID: UUID?, state: PaymentState?, outTradeNo: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Payment> {
        let query = try Self.payments(orderID: orderID, state: state, outTradeNo: outTradeNo, page: page)
        return Page(try await session.rows(query, Payment.init(row:)), request: page, id: \.id)
    }

    func notifications(
        outcome: NotificationOutcome?, outTradeNo: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<PaymentNotification> {
        let query = try Self.notifications(outcome: outcome, outTradeNo: outTradeNo, page: page)
        return Page(try await session.rows(query, PaymentNotification.init(row:)), request: page, id: \.id)
    }

    func notification(_ id: Int64, in session: some PostgresSession) async throws -> PaymentNotification? {
        try await session.row(
            """
            SELECT \(Self.believed)
            FROM payment_notifications
            WHERE id = \(id)
            UNION ALL
            SELECT \(Self.refused)
            FROM refused_notices
            WHERE id = \(id)
            """,
            PaymentNotification.init(row:)
        )
    }
}

extension PaymentNotification {
    fileprivate init(row: PostgresRow) throws {
        let outcome: String = try row["outcome"]
        guard let known = NotificationOutcome(rawValue: outcome) else {
            throw Defect("a notification's stored outcome is none of those that are written")
        }
        self.init(
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
