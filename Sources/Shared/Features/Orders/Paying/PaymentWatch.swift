package import Database

/// Asks the gateway about payments of which it has told nothing, before their orders' time is over: a notice can be lost, and a buyer who has paid
/// and closed the page makes no payment claim.
package struct PaymentWatch: OutboxHandler {
    package let kind = Payments.watch

    private let payments: Payments
    private let pool: PostgresPool
    private let factHandler: any PaymentFactHandler
    private let store = PaymentWatchStore()

    package init(payments: Payments, pool: PostgresPool, factHandler: any PaymentFactHandler) {
        self.payments = payments
        self.pool = pool
        self.factHandler = factHandler
    }

    package func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery {
        let number = try TradeNumber(stored: message.decode(PaymentErrand.self).outTradeNo)
        guard let facts = try await store.facts(outTradeNo: number, in: pool) else { return .givenUp(reason: "payment_unknown") }
        switch PaymentWatchRule(facts) {
        case .over: return .done
        case .wait(let seconds): return wait(seconds)
        case .ask(let seconds): return try await ask(number, thenAfter: seconds)
        }
    }

    private func ask(_ number: TradeNumber, thenAfter seconds: Double?) async throws -> OutboxDelivery {
        guard let payment = try await payments.payment(outTradeNo: number, in: pool) else { return .givenUp(reason: "payment_unknown") }
        var report: TradeReport?
        do {
            report = try await payments.ask(payment, atMost: PaymentWatchRule.mostQuestions, in: pool)
        } catch is GatewayFailure {
            // The question counts although it failed. The next one asks again, or the closing of the trade does.
        }
        guard case .found(let fact)? = report, fact.status != .waiting else { return seconds.map(wait) ?? .done }
        do {
            return OutboxDelivery(after: try await factHandler.handle(fact))
        } catch {
            // No question may be left, and the order's time runs out. So the errand takes over that asks until the payment is settled.
            try await payments.requestQuery(of: payment, in: pool)
            return .done
        }
    }

    private func wait(_ seconds: Double) -> OutboxDelivery {
        .waiting(for: .seconds(max(seconds, 0.1)), reason: "watched")
    }
}
