package import Database

/// Sends money back: it repeats the request, under the refund's stored number, until the gateway says that the money has gone.
package struct PaymentRefunding: OutboxHandler {
    package let kind = Payments.refund

    /// The shortest time that the gateway allows between two refunds of a trade, in seconds.
    private static let restSeconds: Double = 3
    /// The longest pause while another refund of the trade comes first, in seconds. That one may take long, so the pauses grow up to this.
    private static let longestRestSeconds: Double = 60

    private let payments: Payments
    private let pool: PostgresPool
    private let factHandler: any PaymentFactHandler
    private let store = RefundStore()

    package init(payments: Payments, pool: PostgresPool, factHandler: any PaymentFactHandler) {
        self.payments = payments
        self.pool = pool
        self.factHandler = factHandler
    }

    package func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery {
        let errand = try message.decode(RefundErrand.self)
        guard
            let refund = try await store.refund(requestNumber: TradeNumber(stored: errand.requestNumber), in: pool),
            let payment = try await payments.payment(id: refund.paymentID, in: pool),
            let gateway = payments.gateway(named: payment.gateway)
        else { return .givenUp(reason: "refund_unknown") }
        guard refund.state == .requested else { return .done }
        if try await store.mustWait(refund, seconds: Self.restSeconds, in: pool) {
            let pause = max(.seconds(Self.restSeconds), GatewayPatience.pause(afterAttempts: message.attempts))
            return .again(after: min(pause, .seconds(Self.longestRestSeconds)), reason: "another_refund_first")
        }
        let order = RefundRequest(
            outTradeNo: payment.outTradeNo, requestNumber: refund.requestNumber, amountFen: refund.sentFen, reason: refund.reason
        )
        guard try await store.beginAttempt(id: refund.id, in: pool) else { return .done }
        do {
            guard try await isRefunded(order, gateway: gateway) else {
                return .again(after: GatewayPatience.pause(afterAttempts: message.attempts), reason: "accepted")
            }
            try await factHandler.handle(refunded: refund)
            return .done
        } catch let failure as GatewayFailure {
            let delivery = GatewayPatience.delivery(after: failure, attempts: message.attempts)
            if case .givenUp = delivery { try await store.noteRefusal(id: refund.id, in: pool) }
            return delivery
        }
    }

    /// Asks for the refund. A repeated request moves no money, and its answer doesn't say whether the refund is done. So the gateway's
    /// record decides. It also decides after a refusal: an earlier attempt may have succeeded without its answer reaching us.
    private func isRefunded(_ order: RefundRequest, gateway: any PaymentGateway) async throws -> Bool {
        do {
            if try await gateway.refund(order) == .refunded { return true }
        } catch GatewayFailure.refused(let code) {
            if try await gateway.queryRefund(order) == .refunded { return true }
            throw GatewayFailure.refused(code: code)
        }
        return try await gateway.queryRefund(order) == .refunded
    }
}
