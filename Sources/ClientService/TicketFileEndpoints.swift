import API
import Callers
import Database
import HTTP
import Shared
import Text

/// A moviegoer's tickets as files: pictures of their codes, and entries for a calendar.
struct TicketFileEndpoints: Sendable {
    let orders: Orders
    let seal: TicketSeal

    var all: [Endpoint] { [picture, calendar] }

    var picture: Endpoint {
        Endpoint(
            .get, "/v1/tickets/{id}/qr.svg", "The QR code that lets in with one of your tickets, as a picture.",
            access: .permission(.orders, .read),
            answers: .plain(contentType: "image/svg+xml"),
            refusals: [.ticketRefunded]
        ) { call in
            let ticket = try await orders.ticket(try call[.id], buyer: try call.principal.accountID)
            guard ticket.state != .refunded else { throw Refusal.ticketRefunded.with("ticket_ids", .numbers([ticket.id])) }
            guard let code = QRCode(try seal.code(TicketPass(ticket))) else { throw Defect("a ticket's code is too long for a picture") }
            return .plain(code.svg)
        }
    }

    var calendar: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/calendar.ics",
            "The showtime of one of your paid orders as a calendar's file (RFC 5545); once it went back, the file marks the entry as cancelled.",
            access: .permission(.orders, .read),
            answers: .plain(contentType: "text/calendar; charset=utf-8"),
            refusals: [.orderNotPaid]
        ) { call in
            let scope = OrderScope.buyer(try call.principal.accountID)
            let order = try await orders.detailedOrder(try call[.uuid], scope: scope)
            let event = try CalendarEvent(order)
            let last = try await orders.events(orderID: order.id, scope: scope).last
            return .plain(event.file(revisedAt: last?.at ?? order.order.createdAt))
        }
    }
}
