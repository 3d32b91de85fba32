package import Database

/// Sends money back: asks under the refund's stored number until the gateway says that the money has gone.
package struct PaymentRefunding: OutboxHandler {
    package let kind = Payments.refund

    /// The gateway wants at least this between two refunds of a trade, in seconds.
    private static let restSeconds: Double = 3
    /// The one before may take long; it is looked for more and more seldom, in seconds.
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
            outTradeNo: payment.outTradeNo, requestNumber: refund.requestNumber, amountFen: refund.amountFen, reason: refund.reason
        )
        try await store.noteRefusal(id: refund.id, isRefused: false, in: pool)
        do {
            guard try await isRefunded(order, gateway: gateway) else {
                return .again(after: GatewayPatience.pause(afterAttempts: message.attempts), reason: "accepted")
            }
            try await factHandler.handle(refunded: refund)
            return .done
        } catch let failure as GatewayFailure {
            let delivery = GatewayPatience.delivery(after: failure, attempts: message.attempts)
            if case .givenUp = delivery { try await store.noteRefusal(id: refund.id, isRefused: true, in: pool) }
            return delivery
        }
    }

    /// Asks for the refund. A repetition moves no money and doesn't say that it is done, so the gateway's record decides, also after a refusal:
    /// an earlier attempt may have succeeded whose answer never came.
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
