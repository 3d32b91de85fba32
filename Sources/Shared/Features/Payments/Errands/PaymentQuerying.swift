package import Database

/// Asks the gateway how a payment stands, until it is decided.
package struct PaymentQuerying: OutboxHandler {
    package let kind = Payments.query

    /// After the time for paying is over, the gateway may take as long as this to know of the last payment, in seconds.
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
        let errand = try message.decode(PaymentErrand.self)
        guard
            let payment = try await payments.payment(outTradeNo: TradeNumber(stored: errand.outTradeNo), in: pool),
            let gateway = payments.gateway(named: payment.gateway)
        else { return .givenUp(reason: "payment_unknown") }
        guard payment.state == .started else { return .done }
        let isOver = try await store.secondsLeft(id: payment.id, in: pool).map { $0 < -Self.graceSeconds } ?? true
        do {
            switch try await gateway.query(payment.outTradeNo) {
            case .found(let fact) where fact.status == .waiting && !isOver:
                return .again(after: Self.pause(afterAttempts: message.attempts))
            case .found(let fact) where fact.status == .waiting:
                // Nobody paid in time; the closing sees to it that nobody can.
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
        } catch let failure as GatewayFailure {
            return GatewayPatience.delivery(after: failure, attempts: message.attempts)
        }
    }

    /// The buyer says that it paid and waits for us, so the first questions come soon.
    static func pause(afterAttempts attempts: Int) -> Duration {
        .seconds(min(1 << min(max(attempts, 1), 6), 60))
    }
}

extension OutboxDelivery {
    /// What a question to the gateway came to. News that contradicts our books is laid aside for a person to look at: nobody will tell it again.
    init(after outcome: PaymentFactOutcome) {
        switch outcome {
        case .amountMismatch, .unknownTrade, .tradeBoundElsewhere, .applicationUnknown, .sellerUnknown:
            self = .givenUp(reason: outcome.rawValue)
        case .paid, .alreadySettled, .latePaid, .lateRefunding, .duplicateRefunding, .refundNoticed, .closed, .notYet: self = .done
        }
    }
}
