import Foundation
package import HTTP
package import Shared

/// Orders from the cinema's and the platform's side: a merchant's people reach those for its showtimes, the platform's people all.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | GET | /v1/orders | orders: read |
/// | POST | /v1/orders | orders: write |
/// | GET | /v1/orders/{id} | orders: read |
/// | GET | /v1/orders/{id}/events | orders: read |
/// | GET | /v1/orders/{id}/tickets | orders: read |
/// | POST | /v1/orders/{id}/payments | payments: write |
/// | POST | /v1/orders/{id}/voiding | orders: delete |
/// | POST | /v1/orders/{id}/reprints | tickets: modify |
package struct OrderManagement: Sendable {
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
                attention: try call[OrderQuery.attention]
            )
            let page = try await orders.orders(filter, scope: try call.caller.orderScope(), page: call.pageRequest)
            return .page(page.items.map { ShownOrder($0) }, next: page.next)
        }
    }

    var open: Endpoint {
        Endpoint(
            .post, "/v1/orders", "Opens an order at the counter for a walk-in buyer: its seats are held until it is paid or expires.",
            access: .permission(.orders, .write),
            body: OrderBodies.counterOrder,
            idempotency: true,
            answers: .created(OrderShape.order),
            problems: OrderBodies.openingProblems
        ) { call in
            let opened = try await orders.open(
                showtimeID: call.body.showtimeID,
                seatIDs: call.body.seatIDs,
                by: try Principal(call.caller),
                channel: .counter,
                buyerPhone: call.body.buyerPhone,
                idempotency: try IdempotentRequest(call)
            )
            return .recorded(status: opened.answer.status, location: opened.answer.location, body: opened.answer.body)
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}", "Shows an order.",
            access: .permission(.orders, .read),
            answers: .ok(OrderShape.order)
        ) { call in
            let shown = ShownOrder(try await orders.order(try call.uuid("id"), scope: try call.caller.orderScope()))
            return .ok(shown, etag: shown.etag)
        }
    }

    var events: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/events", "Tells how an order got where it is, oldest first.",
            access: .permission(.orders, .read),
            answers: .page(OrderShape.event)
        ) { call in
            let all = try await orders.events(orderID: try call.uuid("id"), scope: try call.caller.orderScope())
            return .page(try Page(whole: all, request: call.pageRequest) { String($0.id) })
        }
    }

    /// Without the code: what opens the tickets is the buyer's.
    var tickets: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/tickets", "Lists the tickets of a paid order.",
            access: .permission(.orders, .read),
            answers: .page(TicketShape.ticket),
            problems: [Problem(.orderNotPaid)]
        ) { call in
            let all = try await orders.tickets(orderID: try call.uuid("id"), scope: try call.caller.orderScope()).tickets
            return .page(try Page(whole: all, request: call.pageRequest) { String($0.id) })
        }
    }

    var pay: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/payments",
            "Takes the money for an unpaid order at the counter: its tickets are there at once. Refused while the buyer can still pay online; "
                + "what it has begun there is being closed then.",
            access: .permission(.payments, .write),
            body: OrderBodies.counterPayment,
            idempotency: true,
            answers: .created(TicketShape.counterSale),
            problems: [
                Problem(.orderNotUnpaid), Problem(.orderExpired), Problem(.tradeOpen(retryAfter: 2)), Problem(.paymentTimeOver),
                Problem(.paymentReferenceUsed), Problem(.paymentReferenceMissing),
            ]
        ) { call in
            let id = try call.uuid("id")
            let caller = try call.caller
            let audit = try call.audit(.counterPayment) { (_: ShownCounterSale) in "order:\(id.uuidString.lowercased())" }
            do {
                return try await writes.create(call, at: { _ in "/v1/orders/\(id.uuidString.lowercased())" }, audit: audit) { transaction in
                    let sale = try await counterSales.pay(
                        id, by: call.body, clerkID: caller.accountID, scope: caller.orderScope(), in: transaction
                    )
                    return ShownCounterSale(payment: sale.payment, tickets: try ShownTickets(sale.tickets, seal: seal))
                }
            } catch let refusal as Refusal where refusal.code == Refusal.tradeOpenCode {
                // The refusal took its transaction with it, so the wish to close is left by another one.
                let scope = try caller.orderScope()
                try await writes.perform(call) { try await counterSales.closeTrades(of: id, scope: scope, in: $0) }
                throw refusal
            }
        }
    }

    var void: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/voiding",
            "Makes an order void, with a reason: an unpaid one is cancelled, a paid one refunded whole.",
            access: .permission(.orders, .delete),
            body: OrderBodies.reason,
            idempotency: true,
            answers: .accepted(OrderShape.order),
            problems: [
                Problem(.orderOver), Problem(.ticketsCollected), Problem(.ticketEntered), Problem(.ticketsRefunded),
                Problem(.orderNeedsAttention),
            ]
        ) { call in
            let id = try call.uuid("id")
            let caller = try call.caller
            let audit = try call.audit(.orderVoided) { (_: ShownOrder) in "order:\(id.uuidString.lowercased())" }
            return try await writes.accept(call, audit: audit) { transaction in
                ShownOrder(
                    try await corrections.void(
                        id, by: caller.refundRequester, actor: OrderActor(caller.accountID, note: call.body), scope: caller.orderScope(),
                        in: transaction
                    )
                )
            }
        }
    }

    var reprint: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/reprints", "Prints the tickets of an order once more, with a reason; it is recorded.",
            access: .permission(.tickets, .modify),
            body: OrderBodies.reason,
            answers: .ok(TicketShape.tickets),
            problems: [Problem(.orderNotPaid), Problem(.ticketsRefunded), Problem(.orderNeedsAttention)]
        ) { call in
            let id = try call.uuid("id")
            let caller = try call.caller
            let audit = try call.audit(.ticketsReprinted) { (_: OrderTickets) in "order:\(id.uuidString.lowercased())" }
            let printed = try await writes.perform(call, audit: audit) { transaction in
                try await corrections.reprint(
                    id, actor: OrderActor(caller.accountID, note: call.body), scope: caller.orderScope(), in: transaction
                )
            }
            return .ok(try ShownTickets(printed, seal: seal))
        }
    }
}

extension Caller {
    /// Whose orders the caller sees from the cinema's or the platform's side: those for its merchant's showtimes, or everybody's.
    ///
    /// - Throws: `Refusal.notFound` for anybody who manages nothing.
    func orderScope() throws -> OrderScope {
        .staff(try merchantScope())
    }

    /// On whose behalf the caller gives money back.
    var refundRequester: RefundRequester {
        merchantID == nil ? .platform : .cinema
    }
}

extension AuditAction {
    package static let counterPayment = AuditAction(rawValue: "order.paid_at_counter")
    package static let orderVoided = AuditAction(rawValue: "order.voided")
    package static let orderRefunded = AuditAction(rawValue: "order.refunded")
    package static let refundPaidOut = AuditAction(rawValue: "refund.paid_out")
    package static let ticketsReprinted = AuditAction(rawValue: "tickets.reprinted")
    package static let ticketReseated = AuditAction(rawValue: "ticket.reseated")
    package static let refundPolicyReplaced = AuditAction(rawValue: "cinema.refund_policy_replaced")
}
