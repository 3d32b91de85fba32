import Callers
import Database
import Foundation
import Shared
import Testing

@Suite("Payments")
struct PaymentsTests {
    @Test("A payment is started with a number of its own and ends on the whole second at or before the order's time")
    func started() async throws {
        try await PaymentFixture.run { fixture in
            let end = Date() + 900
            let started = try await fixture.pool.withTransaction { transaction in
                try await fixture.payments.start(
                    orderID: fixture.orderID, amountFen: 8_800, method: PaymentFixture.method, subject: "x", expiresAt: end, in: transaction
                )
            }
            let payment = started.payment
            let second = Int(end.timeIntervalSince1970)
            #expect(payment.state == .started && payment.gateway == "test" && payment.amountFen == 8_800)
            #expect(Int(payment.expiresAt.timeIntervalSince1970) == second && payment.expiresAt <= end)
            #expect(started.instruction == .payURL("\(payment.outTradeNo) 8800 \(second)"))
            let byNumber = try await fixture.payments.payment(outTradeNo: payment.outTradeNo, in: fixture.pool)
            #expect(byNumber == payment)
            let second2 = try await fixture.start()
            let all = try await fixture.payments.payments(orderID: fixture.orderID, in: fixture.pool)
            #expect(all == [payment, second2])
        }
    }

    @Test("No payment is started by a way that nobody offers, or without time")
    func notStarted() async throws {
        try await PaymentFixture.run { fixture in
            await #expect(throws: Refusal.paymentTimeOver) { try await fixture.start(expiresIn: -1) }
            await #expect(throws: Refusal.paymentMethodUnknown) {
                try await fixture.pool.withTransaction { transaction in
                    try await fixture.payments.start(
                        orderID: fixture.orderID, amountFen: 1, method: PaymentMethod(rawValue: "cash"), subject: "x",
                        expiresAt: Date() + 900, in: transaction
                    )
                }
            }
            let all = try await fixture.payments.payments(orderID: fixture.orderID, in: fixture.pool)
            #expect(all.isEmpty)
        }
    }

    @Test("Facts are judged the same in any order and any number")
    func judged() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            func judge(_ fact: PaymentFact) async throws -> FactJudgement? {
                try await fixture.pool.withTransaction { try await fixture.payments.judge(fact, in: $0) }?.judgement
            }
            func expect(_ fact: PaymentFact, _ judgement: FactJudgement?, _ line: SourceLocation = #_sourceLocation) async throws {
                let judged = try await judge(fact)
                #expect(judged == judgement, sourceLocation: line)
            }
            let news = PaymentFact.RefundNews(totalFen: 100, requestNumber: nil)
            try await expect(fixture.fact(payment, .waiting), .notYet)
            try await expect(fixture.fact(payment, .closed), .closed)
            try await expect(fixture.fact(payment, .succeeded), .paid)
            try await expect(fixture.fact(payment, .finished), .paid)
            try await expect(fixture.fact(payment, .succeeded, amountFen: 8_799), .amountMismatch)
            try await expect(fixture.fact(payment, .succeeded, refund: news), .refundNoticed)
            try await expect(fixture.fact(payment, .closed, refund: news), .refundNoticed)
            let unknown = PaymentFact(
                gateway: "test", origin: .query, outTradeNo: .make(at: Date()), tradeNo: "G9", status: .succeeded, amountFen: 8_800
            )
            try await expect(unknown, nil)
            let elsewhere = PaymentFact(
                gateway: "other", origin: .query, outTradeNo: payment.outTradeNo, tradeNo: "G1", status: .succeeded, amountFen: 8_800
            )
            try await expect(elsewhere, .tradeBoundElsewhere)

            let paid = try await fixture.pool.withTransaction {
                try await fixture.payments.markSucceeded(payment, by: fixture.fact(payment), in: $0)
            }
            #expect(paid?.state == .succeeded && paid?.tradeNo == "G1" && paid?.succeededAt != nil)
            let again = try await fixture.pool.withTransaction {
                try await fixture.payments.markSucceeded(payment, by: fixture.fact(payment), in: $0)
            }
            #expect(again == nil)
            for status in TradeStatus.allCases { try await expect(fixture.fact(payment, status), .alreadySettled) }
            try await expect(fixture.fact(payment, .succeeded, tradeNo: "G2"), .tradeBoundElsewhere)
            let other = try await fixture.start()
            try await expect(fixture.fact(other, .succeeded, tradeNo: "G1"), .tradeBoundElsewhere)
            try await expect(fixture.fact(other, .succeeded, tradeNo: "G2"), .paid)
        }
    }

    @Test("The gateway's word counts also for a payment that was taken for closed")
    func closedThenPaid() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            let closed = try await fixture.payments.markClosed(payment, in: fixture.pool)
            #expect(closed?.state == .closed && closed?.closedAt != nil)
            let twice = try await fixture.payments.markClosed(payment, in: fixture.pool)
            #expect(twice == nil)
            let paid = try await fixture.pool.withTransaction {
                try await fixture.payments.markSucceeded(payment, by: fixture.fact(payment), in: $0)
            }
            #expect(paid?.state == .succeeded)
            let late = try await fixture.payments.markClosed(payment, in: fixture.pool)
            #expect(late == nil)
        }
    }

    @Test("Notices are recorded with what came of them, our own questions are not")
    func recorded() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            try await fixture.pool.withTransaction { transaction in
                try await fixture.payments.record(fixture.fact(payment), outcome: .paid, in: transaction)
                try await fixture.payments.record(
                    fixture.fact(payment, origin: .notice(id: nil)), outcome: .alreadySettled, in: transaction)
                try await fixture.payments.record(fixture.fact(payment, origin: .query), outcome: .paid, in: transaction)
            }
            let rows = try await fixture.pool.rows("SELECT notify_id, outcome FROM payment_notifications ORDER BY id") { row in
                let id: String? = try row["notify_id"]
                let outcome: String = try row["outcome"]
                return "\(id ?? "-") \(outcome)"
            }
            #expect(rows == ["N1 paid", "- already_settled"])
        }
    }

    @Test("No more is refunded than was paid")
    func refundLimit() async throws {
        try await PaymentFixture.run { fixture in
            let payment = try await fixture.start()
            func refund(_ amountFen: Int64) async throws -> Refund {
                try await fixture.pool.withTransaction {
                    try await fixture.payments.requestRefund(NewRefund(amountFen: amountFen, reason: "late"), of: payment, in: $0)
                }
            }
            let first = try await refund(8_000)
            #expect(first.state == .requested && first.orderID == fixture.orderID)
            await #expect(throws: Refusal.refundExceedsPayment) { _ = try await refund(801) }
            await #expect(throws: Refusal.refundExceedsPayment) { _ = try await refund(-1) }
            let second = try await refund(800)
            #expect(second.requestNumber != first.requestNumber)
            let done = try await fixture.pool.withTransaction { try await fixture.payments.markRefunded(first, in: $0) }
            #expect(done?.state == .succeeded)
            let again = try await fixture.pool.withTransaction { try await fixture.payments.markRefunded(first, in: $0) }
            #expect(again == nil)
            let all = try await fixture.payments.refunds(orderID: fixture.orderID, in: fixture.pool)
            #expect(all.map(\.state) == [.succeeded, .requested])
        }
    }
}
