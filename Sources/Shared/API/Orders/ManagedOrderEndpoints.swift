import Callers
import Foundation
package import HTTP
package import Shared

/// Orders for the cinema's and the platform's people. A merchant's people reach the orders for its showtimes, the platform's people reach
/// all.
package struct ManagedOrderEndpoints: Sendable {
    private let orders: Orders
    private let counterSales: CounterSales
    private let corrections: OrderCorrections
    private let seal: TicketSeal
    private let writes: Writes

    package init(orders: Orders, counterSales: CounterSales, corrections: OrderCorrections, seal: TicketSeal, writes: Writes) {
        self.orders = orders
        self.counterSales = counterSales
        self.corrections = corrections
        self.seal = seal
        self.writes = writes
    }

    package var all: [Endpoint] { [list, open, show, events, tickets, pay, void, reprint] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/orders", "Lists orders, newest first.",
            access: .permission(.orders, .read),
            query: OrderQuery.all,
            answers: .page(OrderShape.order)
        ) { call in
            let filter = OrderFilter(
                showtimeID: try call[OrderQuery.showtimeID],
                cinemaID: try call[OrderQuery.cinemaID],
                day: try call[OrderQuery.day],
                calendarDay: try call[OrderQuery.calendarDay],
                phoneTail: try call[OrderQuery.phoneTail],
                state: try call[OrderQuery.state],
                attention: try call[OrderQuery.attention],
                outTradeNo: try call[OrderQuery.outTradeNo]
            )
            let page = try await orders.orders(filter, scope: .staff(try call.scope), page: call.page)
            return .page(page.map { ShownOrder($0) })
        }
    }

    var open: Endpoint {
        Endpoint(
            .post, "/v1/orders", "Opens an order at the counter for a walk-in buyer: its seats are held until it is paid or expires.",
            name: "openOrder",
            access: .permission(.orders, .write),
            body: OrderBody.counterOrder,
            idempotency: true,
            answers: .created(OrderShape.order, at: OrderShape.path, \.order.id),
            refusals: OrderBody.openingRefusals
        ) { call in
            let opened = try await orders.open(
                showtimeID: call.body.showtimeID,
                seatIDs: call.body.seatIDs,
                by: call.principal,
                channel: .counter,
                buyerPhone: call.body.buyerPhone,
                idempotency: IdempotentRequest(call)
            )
            return .recorded(status: opened.answer.status, location: opened.answer.location, body: opened.answer.body)
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, OrderShape.path, "Shows an order.",
            access: .permission(.orders, .read),
            answers: .ok(OrderShape.order)
        ) { call in
            let shown = ShownOrder(try await orders.detailedOrder(try call[.uuid], scope: .staff(try call.scope)))
            return .ok(shown, etag: shown.etag)
        }
    }

    var events: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/events", "Tells how an order got where it is, oldest first.",
            access: .permission(.orders, .read),
            answers: .page(OrderShape.event)
        ) { call in
            let all = try await orders.events(orderID: try call[.uuid], scope: .staff(try call.scope))
            return .page(try Page(whole: all, request: call.page) { String($0.id) })
        }
    }

    /// The answer has no collection code, because that belongs to the buyer.
    var tickets: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/tickets", "Shows the tickets of a paid order.",
            access: .permission(.orders, .read),
            answers: .ok(TicketShape.list),
            refusals: [.orderNotPaid]
        ) { call in
            .ok(try await orders.tickets(orderID: try call[.uuid], scope: .staff(try call.scope)))
        }
    }

    var pay: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/payments",
            "Takes the money for an unpaid order at the counter: its tickets are there at once. Refused while the buyer can still pay online; "
                + "what it has begun there is being closed then.",
            name: "takePayment",
            access: .permission(.payments, .write),
            body: OrderBody.counterPayment,
            idempotency: true,
            answers: .created(TicketShape.counterSale, at: OrderShape.path, \.payment.orderID),
            refusals: [
                .orderNotUnpaid, .orderExpired, .tradeOpen(retryAfter: 2), .paymentTimeOver, .paymentReferenceUsed,
                .paymentReferenceMissing,
            ]
        ) { call in
            let id = try call[.uuid]
            return try await counterSales.pay(id, by: call.body, clerkID: call.principal.accountID, scope: .staff(call.scope)) { pay in
                try await writes.create(call, audit: call.audit(.counterPayment, .order(id))) {
                    try ShownCounterSale(await pay($0), seal: seal)
                }
            } writeClosing: { close in
                try await writes.perform(call) { try await close($0) }
            }
        }
    }

    var void: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/voiding",
            "Makes an order void, with a reason: an unpaid one is cancelled, a paid one refunded whole.",
            name: "voidOrder",
            access: .permission(.orders, .delete),
            body: OrderBody.reason,
            idempotency: true,
            answers: .accepted(OrderShape.order),
            refusals: [.orderOver, .ticketsCollected, .ticketEntered, .ticketsRefunded, .orderNeedsAttention]
        ) { call in
            let id = try call[.uuid]
            let actor = OrderActor(try call.principal.accountID, note: call.body)
            return try await writes.accept(call, audit: call.audit(.orderVoided, .order(id))) { transaction in
                ShownOrder(
                    try await corrections.void(
                        id, by: call.principal.refundRequester, actor: actor, scope: .staff(call.scope), in: transaction))
            }
        }
    }

    var reprint: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/reprints",
            "Answers with the tickets of an order, to be printed once more; it is recorded, with the reason.",
            name: "reprintTickets",
            access: .permission(.tickets, .modify),
            body: OrderBody.reason,
            answers: .ok(TicketShape.tickets),
            refusals: [.orderNotPaid, .ticketsRefunded, .orderNeedsAttention]
        ) { call in
            let id = try call[.uuid]
            let actor = OrderActor(try call.principal.accountID, note: call.body)
            let printed = try await writes.perform(call, audit: call.audit(.ticketsReprinted, .order(id))) { transaction in
                try await corrections.reprint(id, actor: actor, scope: .staff(call.scope), in: transaction)
            }
            return .ok(try ShownTickets(printed, seal: seal))
        }
    }
}

extension Principal {
    /// The requester in whose name an account of the realm gives money back.
    var refundRequester: RefundRequester {
        merchantID == nil ? .platform : .cinema
    }
}
