import API
import Callers
import Foundation
import HTTP
import Shared

/// A moviegoer's orders.
struct OrderEndpoints: Sendable {
    let orders: Orders
    let maps: SeatMaps
    let streams: OrderStreams
    let seal: TicketSeal
    let writes: Writes

    var all: [Endpoint] { [list, preview, open, show, stream, cancel, events, tickets, ownSeats] }

    private static let state = QueryParameter("state", .enumeration(OrderState.self), "Only orders in this state.")

    private static let upcoming = QueryParameter(
        "upcoming", .bool,
        """
        `true`: only orders that hold seats of a showtime that isn't over, the next start first. `false`: only all others, the latest start first.
        """, example: "true")

    var list: Endpoint {
        Endpoint(
            .get, "/v1/orders", "Lists your orders, newest first unless `upcoming` is given.",
            access: .permission(.orders, .read),
            query: [Self.state, Self.upcoming, OrderQuery.outTradeNo],
            answers: .page(OrderShape.order)
        ) { call in
            let page = try await orders.orders(
                OrderFilter(
                    state: try call[Self.state], outTradeNo: try call[OrderQuery.outTradeNo], isUpcoming: try call[Self.upcoming]),
                scope: .buyer(try call.principal.accountID),
                page: call.page
            )
            return .page(page.map { ShownOrder($0) })
        }
    }

    var preview: Endpoint {
        Endpoint(
            .post, "/v1/orders/preview", "Says what seats would cost and which of them aren't free; holds nothing.",
            name: "previewOrder",
            access: .permission(.orders, .read),
            rateLimit: .read,
            body: OrderBody.preview,
            answers: .ok(OrderShape.preview),
            refusals: [.showtimeUnknown, .seatUnknown, .seatRepeated, .seatNotForSale, .coupleSeatsSoldInPairs, .showtimeChanging]
        ) { call in
            .ok(try await OrderPreview(call.body.seatIDs, showtimeID: call.body.showtimeID, from: maps))
        }
    }

    var open: Endpoint {
        Endpoint(
            .post, "/v1/orders", "Opens an order: its seats are held for you until it expires. One that costs nothing is paid at once.",
            name: "openOrder",
            access: .permission(.orders, .write),
            body: OrderBody.order,
            idempotency: true,
            rechecksCaller: true,
            answers: .created(OrderShape.order, at: OrderShape.path, \.order.id),
            refusals: OrderBody.openingRefusals + OrderBody.squattingRefusals
        ) { call in
            let opened = try await orders.open(
                showtimeID: call.body.showtimeID,
                seatIDs: call.body.seatIDs,
                by: call.principal,
                idempotency: IdempotentRequest(call, wish: call.body.wish),
                address: call.address,
                challengeAnswer: call.body.challengeAnswer,
                expectedPayableFen: call.body.expectedPayableFen
            )
            let answer = opened.answer
            return .recorded(status: answer.status, location: answer.location, body: answer.body)
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, OrderShape.path, "Shows one of your orders.",
            access: .permission(.orders, .read),
            answers: .ok(OrderShape.order)
        ) { call in
            let shown = ShownOrder(try await orders.detailedOrder(try call[.uuid], scope: .buyer(try call.principal.accountID)))
            return .ok(shown, etag: shown.etag)
        }
    }

    var stream: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/stream",
            """
            Tells how far one of your orders has got, as Server-Sent Events, until it is cancelled, collected or refunded, and for ten minutes at \
            most; then ask again.
            """,
            access: .permission(.orders, .read),
            answers: .events(EventDeclaration("order", OrderShape.progress, "At first, and whenever its state changes."))
        ) { call in
            .events(
                try await streams.open(
                    orderID: try call[.uuid], scope: .buyer(try call.principal.accountID), after: call.lastEventID, address: call.address))
        }
    }

    var cancel: Endpoint {
        Endpoint(
            .delete, OrderShape.path, "Cancels an unpaid order; its seats are free at once.",
            name: "cancelOrder",
            access: .permission(.orders, .modify),
            answers: .noContent,
            refusals: [.orderNotUnpaid]
        ) { call in
            try await writes.perform(call) { transaction in
                try await orders.cancel(call[.uuid], by: call.principal.accountID, in: transaction)
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
            let buyer = try call.principal.accountID
            let all = try await orders.events(orderID: try call[.uuid], scope: .buyer(buyer)).map { $0.shown(to: buyer) }
            return .page(try Page(whole: all, request: call.page) { String($0.id) })
        }
    }

    var ownSeats: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}/seats/mine", "Tells which seats of a showtime you hold, by order, newest first.",
            name: "listOwnSeats",
            access: .permission(.orders, .read),
            answers: .page(OrderShape.ownSeats)
        ) { call in
            let page = try await orders.orders(
                OrderFilter(showtimeID: try call[.id], isHolding: true), scope: .buyer(try call.principal.accountID), page: call.page)
            return .page(page.map { ShownOrder($0) })
        }
    }

    var tickets: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/tickets", "Shows the tickets of a paid order and the code to collect them with.",
            access: .permission(.orders, .read),
            answers: .ok(TicketShape.tickets),
            refusals: [.orderNotPaid]
        ) { call in
            let tickets = try await orders.tickets(orderID: try call[.uuid], scope: .buyer(try call.principal.accountID))
            return .ok(try ShownTickets(tickets, seal: seal))
        }
    }
}
