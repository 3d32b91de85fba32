import Foundation
package import HTTP
package import Shared

/// The tickets of an order with their codes, for their buyer.
package struct ShownTickets: Sendable {
    package struct Entry: Sendable {
        package let ticket: Ticket
        /// The code; `nil` for a ticket that lets nobody in any more.
        package let code: String?
    }

    package let order: Order
    package let showtime: ShowtimeSummary
    package let collectionCode: String
    package let entries: [Entry]

    package init(_ tickets: OrderTickets, seal: TicketSeal) throws {
        order = tickets.order
        showtime = tickets.showtime
        collectionCode = tickets.collectionCode
        entries = try tickets.tickets.map { ticket in
            Entry(ticket: ticket, code: ticket.state == .refunded ? nil : try seal.code(TicketPass(ticket)))
        }
    }
}

/// The things that a clerk hands out after taking the money.
package struct ShownCounterSale: Sendable {
    package let payment: Payment
    package let tickets: ShownTickets

    init(_ sale: CounterSale, seal: TicketSeal) throws {
        payment = sale.payment
        tickets = try ShownTickets(sale.tickets, seal: seal)
    }
}

/// Tickets in answers.
package enum TicketShape {
    /// What both its cinema and its buyer see of a ticket.
    private static let common = Shape<Ticket>(
        "TicketFields",
        .id("id", "Number of the ticket.") { $0.id },
        .text("seat", "Printed label of the seat.", example: "A4") { $0.seat.label },
        .id("seat_id", "Number of the seat.") { $0.seat.id },
        .int("base_fen", "The list price, in fen.", example: "4500") { $0.baseFen },
        .int("price_fen", "What was paid for it after discounts, in fen.", example: "4500") { $0.priceFen },
        .int("service_fee_fen", "The fee for it, in fen.", example: "300") { $0.serviceFeeFen },
        .enumeration("state", "Whether it can still be collected.") { $0.state },
        .timestamp("collected_at", "When it was collected; null before.") { $0.collection?.at },
        .timestamp("entered_at", "When its holder was let in; null before.") { $0.entry?.at }
    )

    /// A ticket as the cinema sees it.
    package static let ticket = Shape<DetailedTicket>(
        "Ticket",
        .fields(of: common, "id") { $0.ticket },
        .uuid("order_id", "The order.") { $0.ticket.orderID },
        .id("showtime_id", "Number of the showtime.") { $0.ticket.showtimeID },
        .object("showtime", ShowtimeShape.summary, "What is shown where and when.") { $0.showtime },
        .fields(of: common, "seat", "seat_id", "base_fen", "price_fen") { $0.ticket },
        .int("credited_fen", "What the cinema is credited for it: the price, and what others paid of discounts; in fen.", example: "4500") {
            $0.ticket.creditedFen
        },
        .fields(of: common, "service_fee_fen", "state", "collected_at") { $0.ticket },
        .id("collected_by_account_id", "Who handed it over.") { $0.ticket.collection?.byAccountID },
        .text("collection_place", "Where.", example: "Counter 2") { $0.ticket.collection?.place },
        .fields(of: common, "entered_at") { $0.ticket },
        .id("entered_by_account_id", "Who let it in.") { $0.ticket.entry?.byAccountID },
        .text("entry_place", "Where.", example: "Door 1") { $0.ticket.entry?.place }
    )

    /// A ticket as its buyer sees it.
    static let entry = Shape<ShownTickets.Entry>(
        "TicketWithCode",
        .fields(of: common) { $0.ticket },
        .text("qr", "What to show as a QR code at the door; null for a ticket that went back.", example: "PIAO1.q3xJ9fVb.eyJ…fQ.3kX…Cg") {
            $0.code
        }
    )

    package static let tickets = Shape<ShownTickets>(
        "OrderTickets",
        .uuid("order_id", "The order.") { $0.order.id },
        .id("showtime_id", "Number of the showtime.") { $0.order.showtimeID },
        .object("showtime", ShowtimeShape.summary, "What is shown where and when.") { $0.showtime },
        .text("collection_code", "What the tickets are collected with.", example: "K7MPX4RT") { $0.collectionCode },
        .list("tickets", entry, "One for each seat.") { $0.entries }
    )

    /// The tickets of an order as the cinema sees them: what ``tickets`` has, without the code, which is the buyer's.
    package static let list = Shape<OrderTickets>(
        "TicketList",
        .uuid("order_id", "The order.") { $0.order.id },
        .id("showtime_id", "Number of the showtime.") { $0.order.showtimeID },
        .object("showtime", ShowtimeShape.summary, "What is shown where and when.") { $0.showtime },
        .list("tickets", ticket, "One for each seat.") { $0.detailed }
    )

    /// The tickets that were handed out against a code.
    package static let collected = Shape<OrderTickets>(
        "CollectedTickets",
        .fields(of: list, "order_id", "showtime_id", "showtime"),
        .text("collection_code", "The code.", example: "K7MPX4RT") { $0.collectionCode },
        .fields(of: list, "tickets")
    )

    package static let counterSale = Shape<ShownCounterSale>(
        "CounterSale",
        .id("id", "Number of the payment.") { $0.payment.id },
        .text("out_trade_no", "Our number of the trade.", example: "20261123ihy5ufaf5ohk8xq49podk17p") { $0.payment.outTradeNo.rawValue },
        .text("method", "How the money was taken.", example: "counter_cash") { $0.payment.method.rawValue },
        .int("amount_fen", "What was paid, in fen.", example: "9600") { $0.payment.amountFen },
        .fields(of: tickets, "order_id", "showtime", "collection_code", "tickets") { $0.tickets }
    )

    static let key = Shape<TicketKey>(
        "TicketKey",
        .text("kty", "The kind of key.", example: "OKP") { _ in "OKP" },
        .text("crv", "The curve.", example: "Ed25519") { _ in "Ed25519" },
        .text("alg", "What signatures are made with.", example: "EdDSA") { _ in "EdDSA" },
        .text("use", "What it is for.", example: "sig") { _ in "sig" },
        .text("kid", "Which key a code names.", example: "q3xJ9fVb") { $0.id },
        .text("x", "The public key, base64url.", example: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") { $0.x }
    )

    package static let keys = Shape<[TicketKey]>(
        "TicketKeys",
        .list("keys", key, "The one that signs now, then former ones (a JSON web key set, RFC 7517).") { $0 }
    )
}
