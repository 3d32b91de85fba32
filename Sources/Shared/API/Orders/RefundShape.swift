package import HTTP
package import Shared

/// How refunds are answered.
package enum RefundShape {
    package static let refund = Shape<OrderRefund>(
        "Refund",
        .id("id", "Number of the refund.") { $0.refund.id },
        .uuid("order_id", "The order.") { $0.refund.orderID },
        .id("payment_id", "Number of the payment whose money goes back.") { $0.refund.paymentID },
        .text("request_number", "Our number of it at the gateway.", example: "20261123ihy5ufaf5ohk8xq49podk17p") {
            $0.refund.requestNumber.rawValue
        },
        .enumeration("state", "Whether the gateway has sent the money.") { $0.refund.state },
        .int("amount_fen", "What goes back, in fen.", example: "4350") { $0.refund.amountFen },
        .int("fee_fen", "What is kept of the tickets' price, in fen.", example: "450") { $0.refund.feeFen },
        .word(
            "reason", of: RefundReason.allCases.map(\.rawValue), named: "RefundReason", "Why: a stable word.",
            example: "requested_by_buyer"
        ) { $0.refund.reason },
        .text("note", "Why, in the words of whoever asked; buyers are shown their own alone.", example: "Ill") { $0.refund.note },
        .ints("ticket_ids", "The tickets that it is for; none for late and duplicate money.", example: "[7]") { $0.ticketIDs },
        .timestamp("requested_at", "When it was asked for.") { $0.refund.requestedAt },
        .timestamp("succeeded_at", "When the gateway had sent the money; null before.") { $0.refund.succeededAt }
    )

    package static let progress = Shape<CancellationProgress>(
        "CancellationProgress",
        .id("showtime_id", "Number of the showtime.") { $0.showtimeID },
        .timestamp("cancelled_at", "When it was cancelled.") { $0.cancelledAt },
        .int("orders_ended", "Unpaid orders that ended with it.", example: "3") { $0.ordersEnded },
        .int("orders_refunding", "Paid orders whose money is on its way.", example: "12") { $0.ordersRefunding },
        .int("orders_refunded", "Paid orders whose money has gone back.", example: "40") { $0.ordersRefunded },
        .int("refunds_requested", "Refunds that the gateway has not carried out yet.", example: "12") { $0.refundsRequested },
        .int("refunds_succeeded", "Refunds that it has.", example: "41") { $0.refundsSucceeded },
        .int("outstanding_fen", "What is still to go back, in fen.", example: "115200") { $0.outstandingFen },
        .int("refunded_fen", "What has gone back, in fen.", example: "393600") { $0.refundedFen }
    )
}
