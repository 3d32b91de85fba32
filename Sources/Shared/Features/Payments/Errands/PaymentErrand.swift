import Database

/// The outbox message for closing a payment or asking about it.
struct PaymentErrand: Codable, Sendable {
    let outTradeNo: String

    /// Carries such a message out, unless its payment has been decided meanwhile. While the gateway gives no answer, it is repeated.
    ///
    /// - Parameter work: does it at the gateway.
    static func deliver(
        _ message: OutboxMessage, by payments: Payments, in pool: PostgresPool,
        _ work: (Payment, any PaymentGateway) async throws -> OutboxDelivery
    ) async throws -> OutboxDelivery {
        let errand = try message.decode(PaymentErrand.self)
        guard
            let payment = try await payments.payment(outTradeNo: TradeNumber(stored: errand.outTradeNo), in: pool),
            let gateway = payments.gateway(named: payment.gateway)
        else { return .givenUp(reason: "payment_unknown") }
        guard payment.state == .started else { return .done }
        do {
            return try await work(payment, gateway)
        } catch let failure as GatewayFailure {
            return GatewayPatience.delivery(after: failure, attempts: message.attempts)
        }
    }
}
