package import HTTP
package import Shared

/// How the tickets of an order are answered.
package enum TicketShape {
    static let ticket = Shape<Ticket>(
        "Ticket",
        .id("id", "Number of the ticket.") { $0.id },
        .text("seat", "Printed label of the seat.", example: "A4") { $0.seatLabel },
        .id("seat_id", "Number of the seat.") { $0.seatID },
        .int("price_fen", "Price in fen.", example: "4500") { $0.priceFen },
        .enumeration("state", "Whether it can still be collected.") { $0.state },
        .timestamp("collected_at", "When it was collected; null before.") { $0.collectedAt }
    )

    package static let tickets = Shape<OrderTickets>(
        "OrderTickets",
        .uuid("order_id", "The order.") { $0.order.id },
        .id("showtime_id", "Number of the showtime.") { $0.order.showtimeID },
        .text("collection_code", "What the tickets are collected with.", example: "K7MPX4RT") { $0.collectionCode },
        .list("tickets", ticket, "One for each seat.") { $0.tickets }
    )
}
