package import HTTP
package import Shared

/// Refunds and refund policies in answers.
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
        .text("reason", "Why: a stable word.", example: "requested_by_buyer") { $0.refund.reason },
        .text("note", "Why, in the words of whoever asked; buyers are shown their own alone.", example: "Ill") { $0.refund.note },
        .ints("ticket_ids", "The tickets that it is for; none for late and duplicate money.", example: "[7]") { $0.ticketIDs },
        .timestamp("requested_at", "When it was asked for.") { $0.refund.requestedAt },
        .timestamp("succeeded_at", "When the gateway had sent the money; null before.") { $0.refund.succeededAt }
    )

    static let step = Shape<RefundPolicy.Step>(
        "RefundStep",
        .int("minutes_before_start", "Holds while at least so many minutes are left.", example: "120") { $0.minutesBeforeStart },
        .int("fee_percent", "Hundredths of the ticket's price that are kept.", example: "10") { $0.feePercent }
    )

    package static let policy = Shape<RefundPolicy>(
        "RefundPolicy",
        .int("version", "Raised by every change; 0 where the platform's own policy holds.", example: "3") { $0.version },
        .list("steps", step, "The earliest first; after the last one nothing goes back.") { $0.steps },
        .bool("refunds_service_fee", "Whether the service fee goes back too.") { $0.refundsServiceFee }
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

/// The bodies about refund policies.
package enum RefundBody {
    private static let step = Body<RefundPolicy.Step>(
        "NewRefundStep",
        Field<Int>.required("minutes_before_start", .int(0...100_000), "Holds while at least so many minutes are left.", example: "120"),
        Field<Int>.required("fee_percent", .int(0...99), "Hundredths of the ticket's price that are kept.", example: "10")
    ) { RefundPolicy.Step(minutesBeforeStart: $0, feePercent: $1) }

    package static let policy = Body<NewRefundPolicy>(
        "NewRefundPolicy",
        Field<[RefundPolicy.Step]>.required(
            "steps", .array(of: .object(step), 0...10), "The earliest first; after the last one, and without any, nothing goes back."),
        Field<Bool>.defaulted("refunds_service_fee", .bool, "Whether the service fee goes back too.", default: true)
    ) { NewRefundPolicy(steps: $0, refundsServiceFee: $1) }
}
