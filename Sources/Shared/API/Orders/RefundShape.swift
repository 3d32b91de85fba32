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
        .enumeration("state", "Whether the money has gone back.") { $0.refund.state },
        .int("amount_fen", "What goes back, in fen.", example: "4350") { $0.refund.sentFen },
        .int("foreign_fen", "What of the tickets' money doesn't go back by it, because it went back without us, in fen.", example: "0") {
            $0.refund.foreignFen
        },
        .int("fee_fen", "What is kept of the tickets' price, in fen.", example: "450") { $0.refund.feeFen },
        .word(
            "reason", of: RefundReason.allCases.map(\.rawValue), named: "RefundReason", "Why: a stable word.",
            example: "requested_by_buyer"
        ) { $0.refund.reason },
        .text("note", "Why, in the words of whoever asked; buyers are shown their own alone.", example: "Ill") { $0.refund.note },
        .ints("ticket_ids", "The tickets that it is for; none for late and duplicate money.", example: "[7]") { $0.ticketIDs },
        .timestamp("requested_at", "When it was asked for.") { $0.refund.requestedAt },
        .timestamp("succeeded_at", "When the money had gone back; null before.") { $0.refund.succeededAt }
    )

    static let ticket = Shape<TicketRefund>(
        "TicketRefund",
        .id("ticket_id", "The ticket.", example: "7") { $0.ticketID },
        .id("seat_id", "Its seat.", example: "1001") { $0.seatID },
        .int("price_fen", "What the buyer paid for it, in fen.", example: "4500") { $0.priceFen },
        .int("service_fee_fen", "What goes back of the service fee, in fen.", example: "300") { $0.serviceFeeFen },
        .int("fee_fen", "What is kept of the price, in fen.", example: "450") { $0.feeFen },
        .int("amount_fen", "What goes back, in fen.", example: "4350") { $0.amountFen }
    )

    package static let preview = Shape<RefundPreview>(
        "RefundPreview",
        .uuid("order_id", "The order.") { $0.orderID },
        .int("amount_fen", "What would go back, in fen.", example: "4350") { $0.sentFen },
        .int("foreign_fen", "What of the tickets' money wouldn't, because it went back without us, in fen.", example: "0") {
            $0.foreignFen
        },
        .int("fee_fen", "What would be kept of the tickets' price, in fen.", example: "450") { $0.feeFen },
        .bool("is_whole", "Whether nothing would be left of the order.") { $0.isWhole },
        .timestamp("terms_end_at", "Until when it costs no more; null for the staff, who give back without a fee.") { $0.termsEndAt },
        .list("tickets", ticket, "What each ticket comes to.") { $0.tickets },
        .object("policy", RefundPolicyShape.policy, "What the buyer agreed to when it ordered.") { $0.policy }
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
