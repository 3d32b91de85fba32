import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Asking the gateway about payments of which nobody has said anything")
struct PaymentWatchTests {
    private typealias Facts = PaymentWatchRule.Facts

    @Test(
        "The newest is asked about after a minute, each half a minute before the end, and never more than twice",
        arguments: [
            // Fifteen minutes: the first question of the newest, the last of all.
            (Facts(isOpen: true, isNewest: true, questions: 0, age: 0, time: 900), PaymentWatchRule.wait(seconds: 60)),
            (Facts(isOpen: true, isNewest: true, questions: 0, age: 60, time: 900), .ask(thenAfter: 810)),
            (Facts(isOpen: true, isNewest: false, questions: 0, age: 60, time: 900), .wait(seconds: 810)),
            (Facts(isOpen: true, isNewest: true, questions: 1, age: 61, time: 900), .wait(seconds: 809)),
            (Facts(isOpen: true, isNewest: true, questions: 1, age: 870, time: 900), .ask(thenAfter: nil)),
            (Facts(isOpen: true, isNewest: false, questions: 0, age: 870, time: 900), .ask(thenAfter: nil)),
            (Facts(isOpen: true, isNewest: true, questions: 2, age: 870, time: 900), .over),
            // A claim has given it five minutes more.
            (Facts(isOpen: true, isNewest: true, questions: 1, age: 870, time: 1_200), .wait(seconds: 300)),
            // Nothing to ask: paid, closed, or past its end, when the closing asks.
            (Facts(isOpen: false, isNewest: true, questions: 0, age: 60, time: 900), .over),
            (Facts(isOpen: true, isNewest: true, questions: 1, age: 900, time: 900), .over),
            // Times so short that the two questions would be one, or before the start.
            (Facts(isOpen: true, isNewest: true, questions: 0, age: 30, time: 80), .wait(seconds: 20)),
            (Facts(isOpen: true, isNewest: true, questions: 0, age: 50, time: 80), .ask(thenAfter: nil)),
            (Facts(isOpen: true, isNewest: true, questions: 0, age: 2, time: 10), .wait(seconds: 3)),
            (Facts(isOpen: true, isNewest: true, questions: 0, age: 5, time: 10), .ask(thenAfter: nil)),
            (Facts(isOpen: true, isNewest: true, questions: 0, age: -5, time: 900), .wait(seconds: 65)),
            (Facts(isOpen: true, isNewest: true, questions: 0, age: 1, time: -1), .over),
        ] as [(PaymentWatchRule.Facts, PaymentWatchRule)])
    func rule(facts: PaymentWatchRule.Facts, step: PaymentWatchRule) {
        #expect(PaymentWatchRule(facts) == step)
    }

    private func deliver(_ payment: Payment, _ fixture: PaymentFixture) async throws -> OutboxDelivery {
        let handler = PaymentWatch(payments: fixture.payments, pool: fixture.pool, factHandler: fixture.factLog)
        let payload = #"{"outTradeNo":"\#(payment.outTradeNo)"}"#
        return try await handler.deliver(OutboxMessage(id: 1, kind: handler.kind, payload: Array(payload.utf8), attempts: 1))
    }

    /// As if the payment had been started earlier, and so its order.
    private func age(_ payment: Payment, by seconds: Double, _ fixture: PaymentFixture) async throws {
        for query in [
            "UPDATE payments SET created_at = created_at - make_interval(secs => \(seconds)) WHERE id = \(payment.id)",
            "UPDATE orders SET expires_at = expires_at - make_interval(secs => \(seconds)) WHERE id = \(payment.orderID)",
        ] as [Query] {
            _ = try await fixture.pool.execute(query)
        }
    }

    private func wait(_ delivery: OutboxDelivery) -> Duration? {
        if case .waiting(let time, "watched") = delivery { time } else { nil }
    }

    @Test("Starting a payment leaves that it is watched, a minute later, and at the counter nothing")
    func started() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 2)
            let process = try BookingProcess(database)
            let clerk = try await CounterSaleTests.clerk(of: world, in: database)
            _ = try await process.waitingOrders(1, in: world, database)
            let due = try await database.rows(
                """
                SELECT EXTRACT(EPOCH FROM outbox.next_attempt_at - payments.created_at)::double precision AS seconds
                FROM outbox
                JOIN payments ON payments.out_trade_no = payload->>'outTradeNo'
                WHERE kind = 'payment_watch'
                """
            ) { try $0["seconds"] as Double }
            #expect(due == [60])
            let id = try await process.open([world.seatIDs[5]], of: world.showtimeIDs[0], by: clerk, channel: .counter)
            #expect(try await count("SELECT count(*) FROM outbox", in: database) == 1, "opening an order leaves nothing")
            _ = try await database.withTransaction {
                try await process.counterSales.pay(id, by: .cash, clerkID: clerk.accountID, scope: .all, in: $0)
            }
            #expect(try await count("SELECT count(*) FROM outbox WHERE kind = 'payment_watch'", in: database) == 1)
        }
    }

    @Test("A payment whose notice was lost is found paid after a minute")
    func lostNotice() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            let early = try await deliver(payment, fixture)
            #expect((.zero...Duration.seconds(60)).contains(try #require(wait(early))))
            #expect(fixture.gateway.queries.isEmpty)
            try await age(payment, by: 61, fixture)
            let fact = fixture.fact(payment, origin: .query)
            fixture.gateway.script { $0.query = .success(.found(fact)) }
            let delivery = try await deliver(payment, fixture)
            #expect(delivery == .done && fixture.factLog.facts == [fact])
            #expect(fixture.gateway.queries == [payment.outTradeNo])
        }
    }

    @Test("A payment that was found paid and couldn't be handled is handled before the order's time is over")
    func settledLater() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            try await age(payment, by: 875, fixture)
            let fact = fixture.fact(payment, origin: .query)
            fixture.gateway.script { $0.query = .success(.found(fact)) }
            fixture.factLog.fail(1)
            #expect(try await deliver(payment, fixture) == .done)
            #expect(fixture.factLog.facts.isEmpty)
            let asking = PaymentQuerying(payments: fixture.payments, pool: fixture.pool, factHandler: fixture.factLog)
            let message = try #require(try await fixture.message(Payments.query))
            #expect(try await asking.deliver(message) == .done)
            #expect(fixture.factLog.facts == [fact])
        }
    }

    @Test("Two questions are all, whatever the gateway answers and however often the message comes", arguments: 0..<4)
    func twoQuestions(kind: Int) async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            let answers: [Result<TradeReport, GatewayFailure>] = [
                .success(.neverOpened), .success(.found(fixture.fact(payment, .waiting, origin: .query))),
                .failure(.unreachable(reason: "x")), .failure(.refused(code: "x")),
            ]
            fixture.gateway.script { $0.query = answers[kind] }
            try await age(payment, by: 61, fixture)
            for _ in 1...3 {
                let delivery = try await deliver(payment, fixture)
                #expect(try #require(wait(delivery)) > .seconds(700))
            }
            #expect(fixture.gateway.queries.count == 1)
            try await age(payment, by: 815, fixture)
            for _ in 1...3 {
                let delivery = try await deliver(payment, fixture)
                #expect(delivery == .done)
            }
            #expect(fixture.gateway.queries.count == 2 && fixture.factLog.facts.isEmpty)
        }
    }

    @Test("Of several payments the newest is asked about early, and each before the end")
    func several() async throws {
        try await PaymentFixture.run { fixture in
            let (first, second) = (try await fixture.start(), try await fixture.start())
            for payment in [first, second] {
                _ = try await fixture.pool.execute(
                    "UPDATE payments SET created_at = created_at - INTERVAL '61 seconds' WHERE id = \(payment.id)")
                _ = try await deliver(payment, fixture)
            }
            #expect(fixture.gateway.queries == [second.outTradeNo])
            _ = try await fixture.pool.execute("UPDATE orders SET expires_at = clock_timestamp() + INTERVAL '29 seconds'")
            for payment in [first, second] { _ = try await deliver(payment, fixture) }
            #expect(fixture.gateway.queries == [second.outTradeNo, first.outTradeNo, second.outTradeNo])
        }
    }

    @Test("A claim of payment moves the last question with the order's end; what is paid or over is not asked about")
    func claimed() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            try await age(payment, by: 880, fixture)
            _ = try await fixture.pool.execute(
                "UPDATE orders SET expires_at = expires_at + INTERVAL '5 minutes', state = 'paid_unconfirmed'")
            _ = try await fixture.pool.execute("UPDATE payments SET questions = 1")
            let later = try await deliver(payment, fixture)
            #expect(try #require(wait(later)) > .seconds(200) && fixture.gateway.queries.isEmpty)
            _ = try await fixture.pool.execute("UPDATE orders SET expires_at = clock_timestamp() - INTERVAL '1 second'")
            let over = try await deliver(payment, fixture)
            #expect(over == .done)
            _ = try await fixture.payments.markClosed(payment, in: fixture.pool)
            _ = try await fixture.pool.execute("UPDATE orders SET expires_at = clock_timestamp() + INTERVAL '10 seconds'")
            let closed = try await deliver(payment, fixture)
            #expect(closed == .done && fixture.gateway.queries.isEmpty)
        }
    }
}
