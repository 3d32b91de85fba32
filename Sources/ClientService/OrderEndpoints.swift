import API
import Foundation
import HTTP
import Shared

/// A moviegoer's orders.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | GET | /v1/orders | orders: read |
/// | POST | /v1/orders | orders: write |
/// | GET | /v1/orders/{id} | orders: read |
/// | DELETE | /v1/orders/{id} | orders: modify |
/// | GET | /v1/orders/{id}/events | orders: read |
/// | GET | /v1/orders/{id}/tickets | orders: read |
struct OrderEndpoints: Sendable {
    let orders: Orders
    let seal: TicketSeal
    let writes: Writes

    var all: [Endpoint] { [list, open, show, cancel, events, tickets] }

    private static let state = QueryParameter("state", .enumeration(OrderState.self), "Only orders in this state.")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/orders", "Lists your orders, newest first.",
            access: .permission(.orders, .read),
            query: [Self.state],
            answers: .page(OrderShape.order)
        ) { call in
            let page = try await orders.orders(
                OrderFilter(state: try call[Self.state]),
                scope: .buyer(try call.caller.accountID),
                page: call.pageRequest
            )
            return .page(page.items.map { ShownOrder($0) }, next: page.next)
        }
    }

    var open: Endpoint {
        Endpoint(
            .post, "/v1/orders", "Opens an order: its seats are held for you until it expires.",
            access: .permission(.orders, .write),
            body: OrderBodies.order,
            idempotency: true,
            rechecksCaller: true,
            answers: .created(OrderShape.order),
            problems: OrderBodies.openingProblems + OrderBodies.squattingProblems
        ) { call in
            let opened = try await orders.open(
                showtimeID: call.body.showtimeID,
                seatIDs: call.body.seatIDs,
                by: try Principal(call.caller),
                idempotency: try IdempotentRequest(call, wish: call.body.wish),
                address: call.address,
                challengeAnswer: call.body.challengeAnswer
            )
            let answer = opened.answer
            return .recorded(status: answer.status, location: answer.location, body: answer.body)
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}", "Shows one of your orders.",
            access: .permission(.orders, .read),
            answers: .ok(OrderShape.order)
        ) { call in
            let shown = ShownOrder(try await orders.order(try call.uuid("id"), scope: .buyer(try call.caller.accountID)))
            return .ok(shown, etag: shown.etag)
        }
    }

    var cancel: Endpoint {
        Endpoint(
            .delete, "/v1/orders/{id:uuid}", "Cancels an unpaid order; its seats are free at once.",
            access: .permission(.orders, .modify),
            answers: .noContent,
            problems: [Problem(.orderNotUnpaid)]
        ) { call in
            let id = try call.uuid("id")
            let accountID = try call.caller.accountID
            try await writes.perform(call) { transaction in
                try await orders.cancel(id, by: accountID, in: transaction)
            }
            return .noContent
        }
    }

    var events: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/events", "Tells how an order got where it is, oldest first.",
            access: .permission(.orders, .read),
            answers: .page(OrderShape.event)
        ) { call in
            let buyer = try call.caller.accountID
            let all = try await orders.events(orderID: try call.uuid("id"), scope: .buyer(buyer)).map { $0.shown(to: buyer) }
            return .page(try Page(whole: all, request: call.pageRequest) { String($0.id) })
        }
    }

    var tickets: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/tickets", "Shows the tickets of a paid order and the code to collect them with.",
            access: .permission(.orders, .read),
            answers: .ok(TicketShape.tickets),
            problems: [Problem(.orderNotPaid)]
        ) { call in
            let tickets = try await orders.tickets(orderID: try call.uuid("id"), scope: .buyer(try call.caller.accountID))
            return .ok(try ShownTickets(tickets, seal: seal))
        }
    }
}
