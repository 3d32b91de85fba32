package import Database

/// What gateways post to us: proved, settled or refused, and recorded when it was truly the gateway's.
package struct PaymentNotices: Sendable {
    private let payments: Payments
    private let pool: PostgresPool
    private let settlement: any PaymentSettlement

    package init(payments: Payments, pool: PostgresPool, settlement: any PaymentSettlement) {
        self.payments = payments
        self.pool = pool
        self.settlement = settlement
    }

    /// Takes in a notice. What it says is done and recorded when this returns.
    ///
    /// - Parameter form: the posted parameters in their order, decoded once.
    /// - Throws: ``NoticeRefusal`` for one that is not believed or not for us. Else the transaction failed, or its outcome is not known: then
    ///   the notice must not be acknowledged.
    package func take(_ form: [(name: String, value: String)], from gateway: any PaymentGateway) async throws -> SettlementOutcome {
        do {
            return try await settlement.settle(try gateway.notice(from: form))
        } catch let refusal as NoticeRefusal {
            // The gateway signed it, so it has a story that a person should be able to read. A forgery has none: it would fill the table.
            if let (fact, outcome) = refusal.misdirected {
                try await pool.withTransaction { try await payments.recordMisdirected(fact, outcome: outcome, in: $0) }
            }
            throw refusal
        }
    }
}
