import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Errands at the gateway")
struct PaymentErrandTests {
    private func closing(_ fixture: PaymentFixture) async throws -> OutboxDelivery {
        let handler = PaymentClosing(payments: fixture.payments, pool: fixture.pool, factHandler: fixture.factLog)
        return try await handler.deliver(try #require(try await fixture.message(handler.kind)))
    }

    private func querying(_ fixture: PaymentFixture, attempts: Int = 1) async throws -> OutboxDelivery {
        let handler = PaymentQuerying(payments: fixture.payments, pool: fixture.pool, factHandler: fixture.factLog)
        return try await handler.deliver(try #require(try await fixture.message(handler.kind, attempts: attempts)))
    }

    private func refunding(_ fixture: PaymentFixture) async throws -> OutboxDelivery {
        let handler = PaymentRefunding(payments: fixture.payments, pool: fixture.pool, factHandler: fixture.factLog)
        return try await handler.deliver(try #require(try await fixture.message(handler.kind)))
    }

    private func isAgain(_ delivery: OutboxDelivery) -> Bool {
        if case .again = delivery { true } else { false }
    }

    private func isGivenUp(_ delivery: OutboxDelivery) -> Bool {
        if case .givenUp = delivery { true } else { false }
    }

    @Test("Closing an open trade closes the payment")
    func closed() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            try await fixture.payments.requestClosing(of: payment, in: fixture.pool)
            let delivery = try await closing(fixture)
            #expect(delivery == .done)
            let after = try await fixture.payment(payment)
            #expect(after?.state == .closed)
            let repetition = try await closing(fixture)
            #expect(repetition == .done)
        }
    }

    @Test("A trade that was never opened is looked at again when its time is over")
    func neverOpened() async throws {
        try await PaymentFixture.run { fixture in
            fixture.gateway.script { $0.close = .success(.neverOpened) }
            let payment = try await fixture.start()
            try await fixture.payments.requestClosing(of: payment, in: fixture.pool)
            guard case .waiting(let pause, _) = try await closing(fixture) else {
                Issue.record("It must be looked at again.")
                return
            }
            #expect(pause > .seconds(300) && pause < .seconds(910))
            let open = try await fixture.payment(payment)
            #expect(open?.state == .started)
            try await fixture.expire(payment, secondsAgo: 1)
            let delivery = try await closing(fixture)
            #expect(delivery == .done)
            let after = try await fixture.payment(payment)
            #expect(after?.state == .closed)
        }
    }

    @Test("Too late to close: what the query says is settled")
    func alreadyPaid() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            let fact = fixture.fact(payment, origin: .query)
            fixture.gateway.script {
                $0.close = .success(.alreadyDecided)
                $0.query = .failure(.outcomeUnknown(code: "20000"))
            }
            try await fixture.payments.requestClosing(of: payment, in: fixture.pool)
            let unknown = try await closing(fixture)
            #expect(isAgain(unknown) && fixture.factLog.facts.isEmpty)
            fixture.gateway.script { $0.query = .success(.found(fact)) }
            let delivery = try await closing(fixture)
            #expect(delivery == .done)
            #expect(fixture.factLog.facts == [fact])
        }
    }

    @Test(
        "A gateway that is away, unsure or not itself is asked again; one that refuses is not",
        arguments: [
            (GatewayFailure.unreachable(reason: "x"), true), (.outcomeUnknown(code: "20000"), true), (.untrusted(reason: "x"), true),
            (.notYet(code: "x"), true), (.refused(code: "isv.invalid-app-id"), false),
        ])
    func failures(failure: GatewayFailure, again: Bool) async throws {
        try await PaymentFixture.run { fixture in
            fixture.gateway.script {
                $0.close = .failure(failure)
                $0.query = .failure(failure)
                $0.refund = .failure(failure)
            }
            let payment = try await fixture.start()
            try await fixture.payments.requestClosing(of: payment, in: fixture.pool)
            try await fixture.payments.requestQuery(of: payment, in: fixture.pool)
            try await fixture.pool.withTransaction {
                _ = try await fixture.payments.requestRefund(NewRefund(amountFen: 1, reason: "late"), of: payment, in: $0)
            }
            for delivery in [try await closing(fixture), try await querying(fixture), try await refunding(fixture)] {
                #expect(isAgain(delivery) == again)
                #expect(isGivenUp(delivery) == !again)
            }
            let after = try await fixture.payment(payment)
            #expect(after?.state == .started)
            #expect(fixture.factLog.facts.isEmpty)
        }
    }

    @Test("A query goes on until the payment is decided or its time is long over")
    func query() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            try await fixture.payments.requestQuery(of: payment, in: fixture.pool)
            let first = try await querying(fixture)
            #expect(first == .again(after: .seconds(2)))
            let later = try await querying(fixture, attempts: 40)
            #expect(later == .again(after: .seconds(60)))
            fixture.gateway.script { $0.query = .success(.found(fixture.fact(payment, .waiting, origin: .query))) }
            let waiting = try await querying(fixture)
            #expect(isAgain(waiting) && fixture.factLog.facts.isEmpty)
            let fact = fixture.fact(payment, origin: .query)
            fixture.gateway.script { $0.query = .success(.found(fact)) }
            let delivery = try await querying(fixture)
            #expect(delivery == .done)
            #expect(fixture.factLog.facts == [fact])
            fixture.gateway.script { $0.query = .success(.neverOpened) }
            try await fixture.expire(payment, secondsAgo: 300)
            let last = try await querying(fixture)
            #expect(last == .done)
            let after = try await fixture.payment(payment)
            #expect(after?.state == .closed)
        }
    }

    @Test("News that contradicts our books is laid aside for a person", arguments: PaymentFactOutcome.allCases)
    func contradictions(outcome: PaymentFactOutcome) async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            let fact = fixture.fact(payment, origin: .query)
            fixture.gateway.script {
                $0.close = .success(.alreadyDecided)
                $0.query = .success(.found(fact))
            }
            fixture.factLog.answer(outcome)
            try await fixture.payments.requestClosing(of: payment, in: fixture.pool)
            try await fixture.payments.requestQuery(of: payment, in: fixture.pool)
            let contradictions: [PaymentFactOutcome] = [
                .amountMismatch, .tradeBoundElsewhere, .refundExceedsPayment, .unknownTrade, .applicationUnknown, .sellerUnknown,
            ]
            let isContradiction = contradictions.contains(outcome)
            let expected: OutboxDelivery = isContradiction ? .givenUp(reason: outcome.rawValue) : .done
            let asked = try await querying(fixture)
            #expect(asked == expected)
            let closed = try await closing(fixture)
            #expect(closed == expected)
        }
    }

    @Test("A trade that still waits when its time is long over is closed")
    func waitsTooLong() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            try await fixture.payments.requestQuery(of: payment, in: fixture.pool)
            fixture.gateway.script { $0.query = .success(.found(fixture.fact(payment, .waiting, origin: .query))) }
            try await fixture.expire(payment, secondsAgo: 300)
            let delivery = try await querying(fixture)
            #expect(delivery == .done && fixture.factLog.facts.isEmpty)
            let closed = try await closing(fixture)
            #expect(closed == .done)
            let after = try await fixture.payment(payment)
            #expect(after?.state == .closed)
        }
    }

    @Test("A refund is repeated under the same number until the gateway says that the money has gone")
    func refund() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            let refund = try await fixture.pool.withTransaction {
                try await fixture.payments.requestRefund(NewRefund(amountFen: 8_800, reason: "late"), of: payment, in: $0)
            }
            fixture.gateway.script { $0.refund = .success(.undecided) }
            let accepted = try await refunding(fixture)
            #expect(isAgain(accepted))
            fixture.gateway.script { $0.refund = .failure(.unreachable(reason: "x")) }
            let lost = try await refunding(fixture)
            #expect(isAgain(lost))
            fixture.gateway.script {
                $0.refund = .success(.undecided)
                $0.queryRefund = .success(.refunded)
            }
            let done = try await refunding(fixture)
            #expect(done == .done)
            #expect(Set(fixture.gateway.refunds.map(\.requestNumber)) == [refund.requestNumber])
            #expect(fixture.gateway.refunds.count == 3)
            let repetition = try await refunding(fixture)
            #expect(repetition == .done)
            #expect(fixture.gateway.refunds.count == 3, "nothing is asked for once the money has gone")
            let after = try await fixture.payments.refunds(orderID: fixture.orderID, in: fixture.pool)
            #expect(after.map(\.state) == [.succeeded])
        }
    }

    @Test("A refusal is final only when the gateway's record has no refund, and an empty account is no refusal")
    func refusedRefund() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            _ = try await fixture.pool.withTransaction {
                try await fixture.payments.requestRefund(NewRefund(amountFen: 8_800, reason: "late"), of: payment, in: $0)
            }
            fixture.gateway.script { $0.refund = .failure(.notYet(code: "ACQ.SELLER_BALANCE_NOT_ENOUGH")) }
            let empty = try await refunding(fixture)
            #expect(isAgain(empty))
            fixture.gateway.script { $0.refund = .failure(.refused(code: "ACQ.TRADE_HAS_CLOSE")) }
            let refused = try await refunding(fixture)
            #expect(refused == .givenUp(reason: "refused: ACQ.TRADE_HAS_CLOSE"))
            fixture.gateway.script { $0.queryRefund = .success(.refunded) }
            let done = try await refunding(fixture)
            #expect(done == .done)
        }
    }

    /// Two refunds of one payment, of which nothing has been sent.
    private func twoRefunds(_ fixture: PaymentFixture) async throws -> [Refund] {
        let payment = try await fixture.start()
        return try await fixture.pool.withTransaction { transaction in
            var refunds: [Refund] = []
            for _ in 0..<2 {
                refunds.append(
                    try await fixture.payments.requestRefund(NewRefund(amountFen: 100, reason: "ticket"), of: payment, in: transaction))
            }
            return refunds
        }
    }

    private func deliver(_ refund: Refund, _ fixture: PaymentFixture) async throws -> OutboxDelivery {
        let handler = PaymentRefunding(payments: fixture.payments, pool: fixture.pool, factHandler: fixture.factLog)
        let payload = #"{"requestNumber":"\#(refund.requestNumber)"}"#
        return try await handler.deliver(OutboxMessage(id: 1, kind: handler.kind, payload: Array(payload.utf8), attempts: 1))
    }

    @Test("A refund that is marked as sent elsewhere while an attempt begins isn't sent")
    func sentElsewhereMeanwhile() async throws {
        try await PaymentFixture.run { fixture in
            let refund = try await twoRefunds(fixture)[0]
            fixture.gateway.script { $0.refund = .failure(.refused(code: "ACQ.TRADE_HAS_FINISHED")) }
            _ = try await deliver(refund, fixture)
            fixture.gateway.script { $0.refund = .success(.refunded) }
            let asked = fixture.gateway.refunds.count
            // The attempt has read that the refund is to be sent, and then waits for the row.
            let attempt = try await fixture.pool.withTransaction { transaction in
                #expect(try await fixture.payments.markSentElsewhere(refund, in: transaction) != nil)
                let attempt = Task { try await deliver(refund, fixture) }
                try await waitForWaiter(of: transaction, in: fixture.pool)
                return attempt
            }
            #expect(try await attempt.value == .done)
            #expect(fixture.gateway.refunds.count == asked)
        }
    }

    @Test("A refund that the gateway refuses holds up no other of its payment, and can be tried again")
    func refusedRefundInFront() async throws {
        try await PaymentFixture.run { fixture in
            let refunds = try await twoRefunds(fixture)
            func deliver(_ refund: Refund) async throws -> OutboxDelivery { try await self.deliver(refund, fixture) }
            fixture.gateway.script { $0.refund = .failure(.refused(code: "ACQ.TRADE_HAS_FINISHED")) }
            let refused = try await deliver(refunds[0])
            #expect(refused == .givenUp(reason: "refused: ACQ.TRADE_HAS_FINISHED"))
            fixture.gateway.script { $0.refund = .success(.refunded) }
            let next = try await deliver(refunds[1])
            #expect(next == .done)
            try await fixture.pool.execute(
                "UPDATE refunds SET succeeded_at = succeeded_at - interval '4 seconds' WHERE state = 'succeeded'")
            let again = try await deliver(refunds[0])
            #expect(again == .done)
        }
    }

    @Test("Refunds of a payment are sent one after the other, three seconds apart")
    func refundsInTurn() async throws {
        try await PaymentFixture.run { fixture in
            let refunds = try await twoRefunds(fixture)
            func deliver(_ refund: Refund) async throws -> OutboxDelivery { try await self.deliver(refund, fixture) }
            let early = try await deliver(refunds[1])
            #expect(isAgain(early) && fixture.gateway.refunds.isEmpty)
            let first = try await deliver(refunds[0])
            #expect(first == .done)
            let tooSoon = try await deliver(refunds[1])
            #expect(isAgain(tooSoon) && fixture.gateway.refunds.count == 1)
            try await fixture.pool.execute(
                "UPDATE refunds SET succeeded_at = succeeded_at - interval '4 seconds' WHERE state = 'succeeded'")
            let second = try await deliver(refunds[1])
            #expect(second == .done)
        }
    }
}
