package import Database

/// Our payments and trades that facts name, read under the lock on what is paid. It judges what the facts mean.
package struct TradeEvidence: Sendable {
    private let payments: [TradeNumber: Payment]
    /// The gateways' trades that belong to a payment already.
    private let bound: Set<GatewayTrade>

    init(payments: [Payment], bound: [GatewayTrade]) {
        self.payments = Dictionary(payments.map { ($0.outTradeNo, $0) }, uniquingKeysWith: { first, _ in first })
        self.bound = Set(bound)
    }

    /// The statements that read the evidence.
    package static func reads(_ facts: [PaymentFact]) -> [Query] {
        [PaymentStore.query(outTradeNos: facts.map(\.outTradeNo)), PaymentStore.boundTrades(facts.map(\.trade))]
    }

    /// Takes the results of the statements of ``reads(_:)``.
    package init(_ results: some Collection<PostgresRows>) throws {
        let results = Array(results)
        guard results.count == 2 else { throw Defect("other results than those of the statements that read trades") }
        self.init(payments: try results[0].map(Payment.init(row:)), bound: try results[1].map(GatewayTrade.init(row:)))
    }

    /// Judges a fact: the payment that it names, and the judgement. `nil` when we never started such a payment.
    package func judge(_ fact: PaymentFact) -> (payment: Payment, judgement: FactJudgement)? {
        guard let payment = payments[fact.outTradeNo] else { return nil }
        let judgement = payment.judgement(of: fact)
        guard judgement == .paid, bound.contains(fact.trade) else { return (payment, judgement) }
        return (payment, .tradeBoundElsewhere)
    }
}

/// A trade by its gateway and the gateway's number.
package struct GatewayTrade: Hashable, Sendable {
    package let gateway: String
    package let tradeNo: String
}

extension PaymentFact {
    package var trade: GatewayTrade { GatewayTrade(gateway: gateway, tradeNo: tradeNo) }
}
