package import Database

/// Asks the gateway for the state of a payment, until it is paid or closed.
package struct PaymentQuerying: OutboxHandler {
    package let kind = Payments.query

    /// How long the gateway may need to report a payment that was made at the last moment, in seconds.
    static let graceSeconds: Double = 60

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
            let isOver = try await store.secondsLeft(id: payment.id, in: pool).map { $0 < -Self.graceSeconds } ?? true
            switch try await gateway.query(payment.outTradeNo) {
            case .found(let fact) where fact.status == .waiting && !isOver:
                return .again(after: Self.pause(afterAttempts: message.attempts))
            case .found(let fact) where fact.status == .waiting:
                // Nobody paid in time. After the closing nobody can.
                try await payments.requestClosing(of: payment, in: pool)
                return .done
            case .found(let fact):
                return OutboxDelivery(after: try await factHandler.handle(fact))
            case .neverOpened where !isOver:
                return .again(after: Self.pause(afterAttempts: message.attempts))
            case .neverOpened:
                try await payments.markClosed(payment, in: pool)
                return .done
            }
        }
    }

    /// The buyer says that it paid and waits for us, so the first questions come soon.
    static func pause(afterAttempts attempts: Int) -> Duration {
        .seconds(min(1 << min(max(attempts, 1), 6), 60))
    }
}

extension OutboxDelivery {
    /// The delivery after a question to the gateway. A fact that contradicts our data is set aside for a person, because the gateway will
    /// not report it again by itself.
    init(after outcome: PaymentFactOutcome) {
        switch outcome {
        case .amountMismatch, .unknownTrade, .tradeBoundElsewhere, .refundExceedsPayment, .applicationUnknown, .sellerUnknown:
            self = .givenUp(reason: outcome.rawValue)
        case .paid, .alreadySettled, .latePaid, .lateRefunding, .duplicateRefunding, .refundNoticed, .closed, .notYet: self = .done
        }
    }
}
