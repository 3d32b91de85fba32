package import Foundation
package import HTTP
package import Shared

/// An order as it is shown at a moment.
package struct ShownOrder: Sendable {
    package let order: Order
    package let showtime: ShowtimeSummary
    /// Only where one order is shown.
    package let refundPolicy: RefundPolicy?
    /// The moment. An unpaid order whose time is over shows as expired.
    package let now: Date

    package init(_ detailed: DetailedOrder, at now: Date = Date()) {
        order = detailed.order
        showtime = detailed.showtime
        refundPolicy = detailed.refundPolicy
        self.now = now
    }

    /// The tag, which changes with the row and when the order lapses.
    package var etag: EntityTag {
        .opaque("\(order.version)-\(order.state(at: now).rawValue)")
    }
}

/// Orders and their events in answers.
package enum OrderShape {
    /// The path of an order.
    package static let path: PathTemplate = "/v1/orders/{id:uuid}"

    static let line = Shape<Order.Line>(
        "OrderSeat",
        .id("id", "Number of the seat, as in the seat map.") { $0.seatID },
        .text("label", "Printed label of the seat.", example: "A4") { $0.label },
        .text("zone", "Price zone.", example: "standard") { $0.zone },
        .int("price_fen", "The list price of the ticket, in fen.", example: "4500") { $0.priceFen }
    )

    package static let order = Shape<ShownOrder>(
        "Order",
        .uuid("id", "The order.") { $0.order.id },
        .enumeration("state", "Where the order is in its life.") { $0.order.state(at: $0.now) },
        .id("account_id", "Who ordered.") { $0.order.accountID },
        .id("showtime_id", "Number of the showtime.") { $0.order.showtimeID },
        .object("showtime", ShowtimeShape.summary, "What is shown where and when.") { $0.showtime },
        .timestamp("created_at", "When it was opened.") { $0.order.createdAt },
        .timestamp("expires_at", "Until when an unpaid order holds its seats.") { $0.order.expiresAt },
        .timestamp(
            "paid_at", "When the gateway's word of the payment was carried out, or when it was opened if it costs nothing; null before."
        ) {
            $0.order.paidAt
        },
        .int("ticket_amount_fen", "The tickets at their list prices, in fen.", example: "9000") { $0.order.amount.ticketAmountFen },
        .int("service_fee_fen", "The cinema's fee for all tickets together, in fen.", example: "600") { $0.order.amount.serviceFeeFen },
        .int("discount_fen", "What is taken off, in fen.", example: "0") { $0.order.amount.discountFen },
        .int("payable_fen", "What the buyer pays, in fen.", example: "9600") { $0.order.amount.payableFen },
        .list("seats", line, "The seats.") { $0.order.lines },
        .ints("refunded_seat_ids", "Those of the seats whose tickets went back.", example: "[]") { $0.order.refundedSeatIDs },
        .enumeration("channel", "Whether the buyer ordered itself or a clerk at the counter.") { $0.order.channel },
        .enumeration("attention", "What a person has to decide about it before anybody is let in; null mostly.") { $0.order.attention },
        .object(
            "refund_policy", RefundPolicyShape.policy, "What the buyer agreed to when it ordered; only where one order is shown.",
            absentWhenNil: true
        ) { $0.refundPolicy }
    )

    private static let discount = Shape<Quote.Discount>(
        "TicketDiscount",
        .enumeration("stage", "In which step it is taken off.") { $0.stage },
        .int("amount_fen", "What is taken off, in fen.", example: "500") { $0.amountFen },
        .enumeration("payer", "Who bears it.") { $0.payer }
    )

    private static let pricedTicket = Shape<Quote.Line>(
        "PricedTicket",
        .id("seat_id", "Its seat.", example: "1001") { $0.seatID },
        .int("base_fen", "The list price, in fen.", example: "4500") { $0.baseFen },
        .list("discounts", discount, "What is taken off, in this order.") { $0.discounts },
        .int("price_fen", "What is left to pay for it, in fen.", example: "4000") { $0.priceFen }
    )

    package static let preview = Shape<OrderPreview>(
        "OrderPreview",
        .id("showtime_id", "Number of the showtime.") { $0.showtimeID },
        .int("revision", "The revision of the seat map that it was made from.", example: "12") { $0.revision },
        .int("ticket_amount_fen", "The tickets at their list prices, in fen.", example: "9000") { $0.price.amount.ticketAmountFen },
        .int("service_fee_fen", "The cinema's fee for all tickets together, in fen.", example: "600") { $0.price.amount.serviceFeeFen },
        .int("discount_fen", "What is taken off, in fen.", example: "0") { $0.price.amount.discountFen },
        .int("payable_fen", "What the buyer would pay, in fen.", example: "9600") { $0.price.amount.payableFen },
        .list("seats", line, "The seats.") { $0.lines },
        .list("lines", pricedTicket, "What each ticket costs, and why.") { $0.price.quote.lines },
        .int("unused_fen", "What of a discount no ticket can take, in fen.", example: "0") { $0.price.quote.unusedFen },
        .ints("taken_seat_ids", "Those of the seats that aren't free.", example: "[]") { $0.takenSeatIDs },
        .int("seat_limit", "How many seats of the showtime one person may hold.", example: "6") { $0.seatLimit }
    )

    /// What somebody holds of a showtime, for its seat map.
    package static let ownSeats = Shape<ShownOrder>(
        "OwnSeats",
        .uuid("order_id", "The order.") { $0.order.id },
        .fields(of: order, "state", "expires_at"),
        .ints("seat_ids", "The seats that it holds.", example: "[1001, 1002]") { shown in
            shown.order.lines.map(\.seatID).filter { !shown.order.refundedSeatIDs.contains($0) }
        }
    )

    package static let event = Shape<OrderEvent>(
        "OrderEvent",
        .id("id", "Number of the event.") { $0.id },
        .timestamp("at", "When it happened.") { $0.at },
        .enumeration("from_state", "The state before; null for the opening.") { $0.fromState },
        .enumeration("to_state", "The state after.") { $0.toState },
        .word(
            "cause", of: [OrderEvent.opened] + OrderChange.allCases.map(\.rawValue), named: "OrderCause", "Why: a stable word.",
            example: "payment_confirmed"
        ) { $0.cause },
        .id("actor_account_id", "Who did it; null for the gateway, for time, and to buyers for the staff.") { $0.actorAccountID },
        .text("note", "Why, in the words of whoever did it; buyers are shown their own alone.", example: "Ill") { $0.note }
    )

    /// Makes the answer for an order that was just opened. It is recorded for repetitions.
    package static let recorded: @Sendable (DetailedOrder) -> RecordedAnswer = { opened in
        RecordedAnswer(
            status: 201,
            location: path.path(of: opened.id),
            body: OrderShape.order.encoded(ShownOrder(opened, at: opened.order.createdAt))
        )
    }

    package static let progress = Shape<OrderProgress>(
        "OrderProgress",
        .uuid("id", "The order.") { $0.id },
        .enumeration("state", "Where the order is in its life.") { $0.state },
        .timestamp("expires_at", "Until when an unpaid order holds its seats.") { $0.expiresAt },
        .timestamp("paid_at", "When the gateway's word of the payment was carried out; null before.") { $0.paidAt },
        .bool("last", "Whether the stream ends with it.") { $0.isLast }
    )

    package static let claimed = Shape<OrderState>(
        "PaymentClaim",
        .enumeration("state", "The order's state.") { $0 }
    )
}
