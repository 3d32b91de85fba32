import API
import Foundation
import HTTP
import Shared

/// Payments and gateways' notices in answers for administrators.
enum PaymentRecordShape {
    static let payment = Shape<Payment>(
        "Payment",
        .fields(of: PaymentFields.common, "id"),
        .uuid("order_id", "The order that it pays.") { $0.orderID },
        .text("gateway", "Where the money comes from.") { $0.gateway },
        .fields(of: PaymentFields.common, "method", "out_trade_no"),
        .text("trade_no", "The gateway's number of the trade; null before it succeeded.", example: "2026112322001") { $0.tradeNo },
        .fields(of: PaymentFields.common, "amount_fen"),
        .enumeration("state", "How it stands.", example: "succeeded") { $0.state },
        .fields(of: PaymentFields.common, "created_at", "expires_at"),
        .timestamp("succeeded_at", "When the money came.") { $0.succeededAt },
        .timestamp("closed_at", "When nobody could pay it any more.") { $0.closedAt }
    )

    static let notification = Shape<PaymentNotification>(
        "PaymentNotification",
        .id("id", "Number of the notification.", example: "21") { $0.id },
        .timestamp("received_at", "When it was recorded.") { $0.receivedAt },
        .text("gateway", "Who posted it.") { $0.gateway },
        .text("notify_id", "The gateway's id of it, the same when it repeats itself.", example: "2026112300222") { $0.notifyID },
        .text(
            "out_trade_no", "Our number of the trade, as it was named; null where it couldn't be read.",
            example: "20261123ihy5ufaf5ohk8xq49podk17p"
        ) { $0.outTradeNo },
        .text("trade_no", "The gateway's number of the trade.", example: "2026112322001") { $0.tradeNo },
        .text("trade_status", "How the gateway says that the trade stands; null for one that was refused.", example: "succeeded") {
            $0.tradeStatus
        },
        .int("amount_fen", "The price of the trade, in fen.", example: "9600") { $0.amountFen },
        .enumeration("outcome", "What came of it, or why it was refused: a stable word.", example: "paid") { $0.outcome },
        .bool("is_proven", "Whether it is signed by the gateway: anybody can post the others.", example: "true") { $0.isProven },
        .text("detail", "The parameter for which it was refused, where it was one.", example: "total_amount") { $0.detail },
        .text("content_type", "The media type that a refused one came under.", example: "text/plain") { $0.contentType },
        .text("body_start", "How the body of a refused one begins, as it came.", example: "app_id=2021000000000001") { $0.bodyStart }
    )

    static let orderID = QueryParameter("order_id", .uuid, "Only payments for this order.")
    static let state = QueryParameter(
        "state", .enumeration(PaymentState.self), "Only payments in this state.", example: "succeeded")
    static let outTradeNo = QueryParameter(
        "out_trade_no", .text(1...64), "Only this trade, by our number.", example: "20261123ihy5ufaf5ohk8xq49podk17p")
    static let outcome = QueryParameter(
        "outcome", .enumeration(NotificationOutcome.self), "Only notifications with this outcome.", example: "amount_mismatch")
}
