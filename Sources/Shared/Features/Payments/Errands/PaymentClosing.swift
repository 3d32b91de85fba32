package import Database

/// Closes a payment at its gateway when its order can't be paid any more, so that the gateway takes no money for it.
package struct PaymentClosing: OutboxHandler {
    package let kind = Payments.closing

    private let payments: Payments
    private let pool: PostgresPool
    private let factHandler: any PaymentFactHandler
    private let store = PaymentStore()

    package init(payments: Payments, pool: PostgresPool, factHandler: any PaymentFactHandler) {
        self.payments = payments
        self.pool = pool
        self.factHandler = factHandler
    }

    package func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery {
        try await PaymentErrand.deliver(message, by: payments, in: pool) { payment, gateway in
            switch try await gateway.close(payment.outTradeNo) {
            case .closed:
                try await payments.markClosed(payment, in: pool)
                return .done
            case .neverOpened:
                return try await afterNeverOpened(payment)
            case .alreadyDecided:
                return try await settle(payment, gateway: gateway, attempts: message.attempts)
            }
        }
    }

    /// The gateway has nothing to close. But the buyer can open the payment page until the trade's time is over, so the closing is tried
    /// once more then.
    private func afterNeverOpened(_ payment: Payment) async throws -> OutboxDelivery {
        try await store.noteNeverOpened(id: payment.id, in: pool)
        if let left = try await store.secondsLeft(id: payment.id, in: pool), left > 0 {
            return .waiting(for: .seconds(left + 5), reason: "never_opened")
        }
        try await payments.markClosed(payment, in: pool)
        return .done
    }

    /// It is too late to close the trade: the gateway is asked whether it is paid.
    private func settle(_ payment: Payment, gateway: any PaymentGateway, attempts: Int) async throws -> OutboxDelivery {
        guard case .found(let fact) = try await gateway.query(payment.outTradeNo), fact.status != .waiting else {
            return .again(after: GatewayPatience.pause(afterAttempts: attempts), reason: "undecided")
        }
        return OutboxDelivery(after: try await factHandler.handle(fact))
    }
}
