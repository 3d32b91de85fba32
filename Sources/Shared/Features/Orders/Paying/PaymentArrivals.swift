package import Database
import Foundation

/// Carries what a gateway says about a payment through to the order. An order becomes paid in no other way.
///
/// Everything happens in one transaction with the record of the notice, so that a notice that was acknowledged is never lost.
package struct PaymentArrivals: PaymentFactHandler {
    private let database: PostgresPool
    private let payments: Payments
    private let ledger: Ledger
    private let locks = OrderLockStore()
    private let orders = OrderChangeStore()
    private let revivals = OrderRevivalStore()
    private let attentions = OrderAttentionStore()
    private let confirmations: OrderConfirmationStore

    package init(database: PostgresPool, payments: Payments, ledger: Ledger = Ledger()) {
        self.database = database
        self.payments = payments
        self.ledger = ledger
        confirmations = OrderConfirmationStore(ledger: ledger)
    }

    package func handle(_ fact: PaymentFact) async throws -> PaymentFactOutcome {
        do {
            return try await handleOnce(fact)
        } catch let error as PostgresError where error.isTradeNumberTaken {
            // Another payment took the gateway's trade number between our read and our write. The second try sees that.
            return try await handleOnce(fact)
        }
    }

    private func handleOnce(_ fact: PaymentFact) async throws -> PaymentFactOutcome {
        try await database.withTransaction { transaction in
            let outcome = try await handle(fact, in: transaction)
            try await payments.record(fact, outcome: outcome, in: transaction)
            return outcome
        }
    }

    package func handle(refunded refund: Refund) async throws {
        try await database.withTransaction { try await handle(refunded: refund, actor: .nobody, in: $0) }
    }

    /// Handles a paid refund in a transaction of the caller's.
    ///
    /// - Returns: whether the refund was not yet marked as paid.
    @discardableResult
    func handle(refunded refund: Refund, actor: OrderActor, in transaction: PostgresTransaction) async throws -> Bool {
        guard
            let (order, now) = try await locks.lock(refund.orderID, scope: .all, in: transaction).map({ ($0.order, $0.now) }),
            let payment = try await payments.payment(id: refund.paymentID, in: transaction),
            try await payments.markRefunded(refund, in: transaction) != nil
        else { return false }
        try await ledger.post(.refundPaid(refund, by: payment), at: now, in: transaction)
        let refunds = try await payments.refunds(orderID: refund.orderID, in: transaction)
        let isLast = order.state == .refunding && refunds.allSatisfy { $0.state == .succeeded }
        let transition = try OrderTransition(isLast ? .refundCompleted : .refundPaid, from: order.state)
        try await orders.apply(transition, to: order, by: actor, at: now, in: transaction)
        return true
    }

    /// Handles a fact in a transaction of the caller's, without recording a notice: for facts that came in another way.
    func handle(_ fact: PaymentFact, actor: OrderActor = .nobody, in transaction: PostgresTransaction) async throws -> PaymentFactOutcome {
        let locking = OrderLockStore.locking(Payments.orderIDs([fact]))
        let results = try await transaction.results(of: locking + TradeEvidence.reads([fact]))
        let orders = try OrderLockStore.locked(results.prefix(locking.count))
        guard
            let (payment, judgement) = try TradeEvidence(results.dropFirst(locking.count)).judge(fact),
            let locked = orders.order(payment.orderID)
        else { return .unknownTrade }
        switch judgement {
        case .paid:
            guard try await payments.markSucceeded(payment, by: fact, in: transaction) != nil else { return .alreadySettled }
            let outcome = try await handle(payment, of: locked, actor: actor, in: transaction)
            // Money of this payment that went back before we knew that the payment had come.
            let knownFen = try await attentions.notedFen(paymentID: payment.id, in: transaction)
            if knownFen > 0 {
                try await ledger.post(.foreignRefund(of: payment, amountFen: knownFen), at: locked.now, in: transaction)
            }
            return outcome
        case .closed:
            try await payments.markClosed(payment, in: transaction)
            return .closed
        case .alreadySettled: return .alreadySettled
        case .amountMismatch: return .amountMismatch
        case .tradeBoundElsewhere: return .tradeBoundElsewhere
        case .refundNoticed:
            try await notice(fact, of: payment, locked: locked, in: transaction)
            return .refundNoticed
        case .notYet: return .notYet
        }
    }

    /// Handles the news that money went back. The gateway also notifies us of our own refunds; what goes beyond them, a person did in the
    /// gateway's own console.
    private func notice(
        _ fact: PaymentFact, of payment: Payment, locked: OrderLockStore.Locked, in transaction: PostgresTransaction
    ) async throws {
        // All money has gone back before we were notified that it came, so the payment can't be paid any more.
        if fact.status == .closed { try await payments.markClosed(payment, in: transaction) }
        guard let toldFen = fact.refundedFen else { return }
        let oursFen = try await payments.requestedRefundsFen(of: payment, in: transaction)
        let knownFen = try await attentions.notedFen(paymentID: payment.id, in: transaction)
        let foreignFen = toldFen - oursFen - knownFen
        guard foreignFen > 0 else { return }
        let (order, now) = (locked.order, locked.now)
        try await attentions.note(
            .refundedAtGateway, orderID: order.id, paymentID: payment.id, foreignFen: foreignFen, at: now, in: transaction)
        if payment.isInTheBooks { try await ledger.post(.foreignRefund(of: payment, amountFen: foreignFen), at: now, in: transaction) }
        let noticed = try OrderTransition(.refundedAtGateway, from: order.state)
        let actor = OrderActor(nil, note: "\(foreignFen) fen of payment \(payment.id)")
        try await orders.apply(noticed, to: order, by: actor, at: now, in: transaction)
    }

    private func handle(
        _ payment: Payment,
        of locked: OrderLockStore.Locked,
        actor: OrderActor,
        in transaction: PostgresTransaction
    ) async throws -> PaymentFactOutcome {
        let (order, now) = (locked.order, locked.now)
        let revival = order.state == .expired ? try await revivals.facts(order, at: now, in: transaction) : nil
        switch PaymentArrival(order.state, canRevive: revival?.allow(seats: order.lines.count) ?? false) {
        case .confirm:
            try await confirm(locked, by: .paymentConfirmed, payment: payment, actor: actor, in: transaction)
            return .paid
        case .acceptLate:
            let rivals = revival?.lapsedRivals ?? []
            for query in OrderStore.ending(orderIDs: rivals, of: [order.showtimeID], by: .lapsed, actor: .nobody, at: now) {
                try await transaction.execute(query)
            }
            try await orders.claim(order.lines.map(\.seatID), for: order, in: transaction)
            try await confirm(locked, by: .latePaymentAccepted, payment: payment, actor: actor, in: transaction)
            return .latePaid
        case .returnLate:
            let returned = try OrderTransition(.latePaymentReturned, from: order.state)
            try await orders.apply(returned, to: order, by: actor, at: now, in: transaction)
            try await giveBack(payment, because: .latePayment, at: now, in: transaction)
            return .lateRefunding
        case .returnDuplicate:
            try await giveBack(payment, because: .duplicatePayment, at: now, in: transaction)
            return .duplicateRefunding
        }
    }

    private func confirm(
        _ locked: OrderLockStore.Locked,
        by change: OrderChange,
        payment: Payment,
        actor: OrderActor,
        in transaction: PostgresTransaction
    ) async throws {
        let confirmation = try OrderConfirmation(locked, by: change, payment: payment, code: CollectionCode())
        try await transaction.results(of: confirmations.writes([confirmation], by: actor, at: locked.now))
    }

    private func giveBack(
        _ payment: Payment,
        because reason: RefundReason,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await ledger.post(.unallocatedPayment(payment), at: now, in: transaction)
        let new = NewRefund(amountFen: payment.amountFen, reason: reason.rawValue)
        let refund = try await payments.requestRefund(new, of: payment, in: transaction)
        try await ledger.post(.unallocatedRefund(refund), at: now, in: transaction)
    }
}

extension PaymentFactOutcome {
    /// Whether the notice is acknowledged, so that the gateway doesn't repeat it.
    ///
    /// A notice that contradicts our data is recorded and not acknowledged. The gateway repeats it, and a person can look into it.
    package var isAcknowledged: Bool {
        switch self {
        case .paid, .alreadySettled, .latePaid, .lateRefunding, .duplicateRefunding, .refundNoticed, .closed, .notYet: true
        case .amountMismatch, .unknownTrade, .tradeBoundElsewhere, .applicationUnknown, .sellerUnknown: false
        }
    }
}

extension PostgresError {
    /// Whether the gateway's number of a trade already belongs to another payment.
    var isTradeNumberTaken: Bool { constraintName == "payments_gateway_trade_no_key" }
}
