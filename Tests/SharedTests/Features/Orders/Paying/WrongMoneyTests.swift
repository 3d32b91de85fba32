import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Money of a wrong amount, and refunds that nobody here asked for")
struct WrongMoneyTests {
    private struct World: Sendable {
        let database: PostgresPool
        let booking: BookingWorld
        let process: BookingProcess
        let support: PaymentSupport
        /// Somebody of the platform's; which account it is makes no difference here.
        let officer: OrderActor

        func refund(_ notificationID: Int64) async throws -> OrderRefund {
            try await database.withTransaction { try await support.refundWrongAmount(notificationID, actor: officer, in: $0) }
        }

        func release(_ orderID: UUID) async throws -> Order {
            try await database.withTransaction { try await support.release(orderID, actor: officer, in: $0) }.order
        }

        func notifications(_ outcome: PaymentFactOutcome) async throws -> [Int64] {
            try await database.rows("SELECT id FROM payment_notifications WHERE outcome = \(outcome.rawValue) ORDER BY id") { try $0["id"] }
        }

        func order(_ fact: PaymentFact) async throws -> Order {
            let payment = try #require(try await process.payments.payment(outTradeNo: fact.outTradeNo, in: database))
            return try await process.orders.order(payment.orderID, scope: .all)
        }
    }

    private func run(orders: Int = 1, _ body: (World, [PaymentFact]) async throws -> Void) async throws {
        try await withTestDatabase { database in
            let booking = try await BookingWorld(in: database, buyers: max(orders, 2))
            let process = try BookingProcess(database)
            let officer = OrderActor(booking.buyers[0].accountID, note: "paid by mistake")
            let world = World(
                database: database, booking: booking, process: process, support: PaymentSupport(payments: process.payments),
                officer: officer)
            try await body(world, try await process.waitingOrders(orders, in: booking, database))
            try await expectInvariants(in: database)
        }
    }

    /// The same news of another amount.
    private func changed(
        _ fact: PaymentFact, amountFen: Int64? = nil, status: TradeStatus? = nil, origin: PaymentFact.Origin? = nil,
        refund: PaymentFact.RefundNews? = nil
    ) -> PaymentFact {
        PaymentFact(
            gateway: fact.gateway, origin: origin ?? fact.origin, outTradeNo: fact.outTradeNo, tradeNo: fact.tradeNo,
            status: status ?? fact.status, amountFen: amountFen ?? fact.amountFen, refund: refund, paidAt: fact.paidAt)
    }

    // MARK: - Wrong amounts

    @Test("It goes back once, however many ask for it at once, with its entries, and the order waits for the right money still")
    func once() async throws {
        try await run { world, facts in
            let wrong = changed(facts[0], amountFen: 7)
            #expect(try await world.process.arrivals.handle(wrong) == .amountMismatch)
            let id = try #require(try await world.notifications(.amountMismatch).first)
            let outcomes = await outcomes(0..<8) { _ in try await world.refund(id) }
            #expect(outcomes.opened == 1)
            #expect(outcomes.refusals == [Refusal.notificationRefunded.code: 7])
            let order = try await world.order(wrong)
            #expect(order.state == .pendingPayment)
            let refund = try #require(try await world.process.payments.refunds(orderID: order.id, in: world.database).first)
            #expect(refund.amountFen == 7 && refund.reason == "wrong_amount" && refund.note == "paid by mistake")
            try await expectInvariants(in: world.database)
            // The gateway has done it.
            try await world.process.alone.handle(refunded: refund)
            let story = try await world.process.orders.events(orderID: order.id, scope: .all)
            #expect(story.map(\.cause) == ["opened", "wrong_amount_returned", "refund_paid"])
            let kinds = try await world.database.rows("SELECT kind FROM ledger_entries ORDER BY id") { try $0["kind"] as String }
            #expect(kinds == ["payment", "refund_requested", "refund_paid"])
            // Repeated, and told of our own refund, it is nothing new; the right amount is no longer believed.
            #expect(try await world.process.arrivals.handle(wrong) == .alreadySettled)
            let told = PaymentFact.RefundNews(totalFen: 7, requestNumber: refund.requestNumber)
            #expect(try await world.process.arrivals.handle(changed(wrong, status: .closed, refund: told)) == .refundNoticed)
            #expect(try await world.process.arrivals.handle(facts[0]) == .amountMismatch)
            #expect(try await world.order(wrong).attention == nil)
            // Another payment pays it.
            let second = try #require(
                try await world.process.startPayment(order.id, by: world.booking.buyers[0], in: world.database))
            #expect(try await world.process.arrivals.handle(world.process.fact(about: second)) == .paid)
        }
    }

    @Test(
        "It goes back whatever has become of the order, and frees the counter from waiting", arguments: ["cancelled", "expired", "counter"])
    func later(kind: String) async throws {
        try await run { world, facts in
            let wrong = changed(facts[0], amountFen: 99_999)
            #expect(try await world.process.arrivals.handle(wrong) == .amountMismatch)
            let id = try await world.order(wrong).id
            let clerk = try await CounterSaleTests.clerk(of: world.booking, in: world.database)
            func pay() async throws {
                _ = try await world.database.withTransaction {
                    try await world.process.counterSales.pay(id, by: .cash, clerkID: clerk.accountID, scope: .all, in: $0)
                }
            }
            switch kind {
            case "cancelled":
                try await world.database.withTransaction {
                    try await world.process.orders.cancel(id, by: world.booking.buyers[0].accountID, in: $0)
                }
            case "expired":
                _ = try await world.database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second'")
                try await world.process.sweeper.sweep()
            default:
                await #expect(throws: Refusal.tradeOpen(retryAfter: 2)) { try await pay() }
            }
            let refund = try await world.refund(try #require(try await world.notifications(.amountMismatch).first))
            #expect(refund.refund.amountFen == 99_999)
            if kind == "counter" { try await pay() }
            let state = try await world.order(wrong).state
            try await world.process.alone.handle(refunded: refund.refund)
            #expect(try await world.order(wrong).state == state)
        }
    }

    @Test("A notice that isn't about a wrong amount can't be refunded this way")
    func notRefundable() async throws {
        try await run(orders: 2) { world, facts in
            #expect(try await world.process.arrivals.handle(changed(facts[0], amountFen: 7, status: .waiting)) == .amountMismatch)
            #expect(try await world.process.arrivals.handle(changed(facts[1], amountFen: 8)) == .amountMismatch)
            #expect(try await world.process.arrivals.handle(facts[1]) == .paid)
            var ids = try await world.notifications(.amountMismatch) + world.notifications(.paid)
            ids.append(
                try #require(
                    try await world.database.row(
                        """
                        INSERT INTO refused_notices (gateway, out_trade_no, outcome, is_proven, body_sha256, body_start)
                        VALUES ('alipay', \(facts[0].outTradeNo.rawValue), 'signature_invalid', FALSE, sha256('x'), '')
                        RETURNING id
                        """
                    ) { try $0["id"] as Int64 }))
            for id in ids { await #expect(throws: Refusal.notificationNotRefundable) { try await world.refund(id) } }
            await #expect(throws: Refusal.notFound) { try await world.refund(999_999) }
            #expect(try await count("SELECT count(*) FROM refunds", in: world.database) == 0)
        }
    }

    @Test("One of which only a question told is recorded once, and goes back too")
    func asked() async throws {
        try await run { world, facts in
            let wrong = changed(facts[0], amountFen: 7, origin: .query)
            for _ in 1...3 {
                #expect(try await world.process.alone.handle(changed(wrong, status: .waiting)) == .amountMismatch)
                #expect(try await world.process.alone.handle(wrong) == .amountMismatch)
            }
            let ids = try await world.notifications(.amountMismatch)
            #expect(ids.count == 2)
            await #expect(throws: Refusal.notificationNotRefundable) { try await world.refund(ids[0]) }
            #expect(try await world.refund(ids[1]).refund.amountFen == 7)
        }
    }

    // MARK: - Refunds that nobody here asked for

    private func news(_ totalFen: Int64?) -> PaymentFact.RefundNews { PaymentFact.RefundNews(totalFen: totalFen, requestNumber: nil) }

    @Test("Money that went back beyond our own refunds keeps everybody out until an administrator decides; the decision stays")
    func foreign() async throws {
        try await run { world, facts in
            let fact = facts[0]
            #expect(try await world.process.arrivals.handle(fact) == .paid)
            let id = try await world.order(fact).id
            let tickets = try await world.process.orders.tickets(orderID: id, scope: .all)
            let clerk = try await CounterSaleTests.clerk(of: world.booking, in: world.database)
            func collect() async throws {
                let code = try #require(CollectionCode(typed: tickets.collectionCode))
                _ = try await world.database.withTransaction {
                    try await world.process.orders.collect(code: code, place: nil, scope: .everybody, by: clerk.accountID, in: $0)
                }
            }
            func enter() async throws {
                let code = try world.process.seal.code(TicketPass(tickets.tickets[0]))
                _ = try await world.database.withTransaction {
                    try await world.process.entries.enter(
                        code: code, place: nil, overrideReason: "early", scope: .everybody, by: clerk.accountID, in: $0)
                }
            }
            await #expect(throws: Refusal.orderNeedsNoDecision) { try await world.release(id) }
            for _ in 1...3 {
                #expect(try await world.process.arrivals.handle(changed(fact, refund: news(100))) == .refundNoticed)
            }
            #expect(try await world.order(fact).attention == .refundedAtGateway)
            await #expect(throws: Refusal.orderNeedsAttention) { try await collect() }
            await #expect(throws: Refusal.orderNeedsAttention) { try await enter() }
            for requester in [RefundRequester.buyer, .cinema] {
                await #expect(throws: Refusal.orderNeedsAttention) {
                    try await world.process.refund(id, nil, by: requester, clerk.accountID, in: world.database)
                }
            }
            // More of it: one decision for both.
            #expect(try await world.process.arrivals.handle(changed(fact, refund: news(300))) == .refundNoticed)
            #expect(try await count("SELECT foreign_fen AS count FROM order_attentions", in: world.database) == 300)
            let listed = try await world.process.orders.orders(
                OrderFilter(attention: .refundedAtGateway), scope: .all, page: PageRequest())
            #expect(listed.items.map(\.id) == [id])
            #expect(try await world.release(id).attention == nil)
            await #expect(throws: Refusal.orderNeedsNoDecision) { try await world.release(id) }
            for total in [100, 300, nil] as [Int64?] {
                #expect(try await world.process.arrivals.handle(changed(fact, refund: news(total))) == .refundNoticed)
            }
            #expect(try await world.order(fact).attention == nil, "the gateway repeats itself")
            try await enter()
            try await collect()
            #expect(try await world.process.arrivals.handle(changed(fact, refund: news(301))) == .refundNoticed)
            #expect(try await world.order(fact).attention == .refundedAtGateway)
            let entries = try await Ledger().entries(orderID: id, page: PageRequest(), in: world.database).items.map(\.entry)
            #expect(entries.map(\.kind) == [.foreignRefund, .foreignRefund, .foreignRefund, .payment])
            #expect(entries.map { $0.lines.first { $0.account == .foreignRefunds }?.amountFen } == [1, 200, 100, nil])
            let story = try await world.process.orders.events(orderID: id, scope: .all)
            #expect(
                story.map(\.cause) == [
                    "opened", "payment_confirmed", "refunded_at_gateway", "refunded_at_gateway", "attention_decided", "entered",
                    "collected",
                    "refunded_at_gateway",
                ])
        }
    }

    @Test("Our own refunds, told at the same address, before or after we know that they are done, are nobody else's")
    func own() async throws {
        try await run { world, facts in
            let fact = facts[0]
            #expect(try await world.process.arrivals.handle(fact) == .paid)
            let id = try await world.order(fact).id
            let refund = try await world.process.refund(id, nil, world.booking.buyers[0].accountID, in: world.database).refund
            let told = changed(fact, status: .closed, refund: news(refund.amountFen))
            #expect(try await world.process.arrivals.handle(told) == .refundNoticed)
            try await world.process.alone.handle(refunded: refund)
            #expect(try await world.process.arrivals.handle(told) == .refundNoticed)
            #expect(try await world.order(fact).attention == nil)
            #expect(try await count("SELECT count(*) FROM order_attentions", in: world.database) == 0)
        }
    }

    @Test("Money that came and went back before we heard of it leaves no open payment behind")
    func unheard() async throws {
        try await run { world, facts in
            let told = changed(facts[0], status: .closed, refund: news(facts[0].amountFen))
            #expect(try await world.process.arrivals.handle(told) == .refundNoticed)
            let payment = try await world.process.payments.payment(outTradeNo: told.outTradeNo, in: world.database)
            #expect(payment?.state == .closed)
            #expect(try await world.order(told).attention == .refundedAtGateway)
        }
    }

    @Test("Told before the payment, it is entered with the payment, and the order waits for a decision", arguments: [true, false])
    func before(byNotice: Bool) async throws {
        try await run { world, facts in
            let told = changed(facts[0], refund: news(100))
            for _ in 1...2 { #expect(try await world.process.arrivals.handle(told) == .refundNoticed) }
            #expect(try await count("SELECT count(*) FROM ledger_entries", in: world.database) == 0)
            let paid = byNotice ? facts[0] : changed(facts[0], origin: .query)
            #expect(try await world.process.arrivals.handle(paid) == .paid)
            let order = try await world.order(told)
            #expect(order.state == .paid && order.attention == .refundedAtGateway)
            #expect(try await world.process.arrivals.handle(told) == .refundNoticed)
            let entries = try await Ledger().entries(orderID: order.id, page: PageRequest(), in: world.database).items.map(\.entry)
            #expect(entries.map(\.kind) == [.foreignRefund, .payment])
            #expect(
                entries.first?.lines == [LedgerLine(.foreignRefunds, 100), LedgerLine(.gateway(facts[0].gateway), -100)])
        }
    }

    @Test("Many notices of one refund at once are noted once")
    func race() async throws {
        try await run { world, facts in
            let paid = try await world.process.arrivals.handle(facts[0])
            #expect(paid == .paid)
            let notice = changed(facts[0], refund: news(50))
            let outcomes = await outcomes(0..<6) { _ in try await world.process.alone.handle(notice) }
            #expect(outcomes.opened == 6)
            let noted = try await count("SELECT foreign_fen AS count FROM order_attentions", in: world.database)
            #expect(noted == 50)
            let told = try await count("SELECT count(*) FROM order_events WHERE cause = 'refunded_at_gateway'", in: world.database)
            #expect(told == 1)
        }
    }
}
