package import Database
import Foundation

/// What the gateway says about a payment, carried through to the order: the only way that an order becomes paid.
///
/// Everything happens in one transaction with the record of the notice, so that a notice that was acknowledged is never lost.
package struct PaymentArrivals: PaymentFactHandler {
    private let pool: PostgresPool
    private let payments: Payments
    private let ledger: Ledger
    private let locks = OrderLockStore()
    private let orders = OrderChangeStore()
    private let revivals = OrderRevivalStore()
    private let foreignRefunds: ForeignRefunds
    private let confirmations: OrderConfirmationStore
    private let steps: RefundSteps

    package init(pool: PostgresPool, payments: Payments, ledger: Ledger = Ledger()) {
        self.pool = pool
        self.payments = payments
        self.ledger = ledger
        confirmations = OrderConfirmationStore(ledger: ledger)
        steps = RefundSteps(payments: payments, ledger: ledger)
        foreignRefunds = ForeignRefunds(payments: payments, ledger: ledger)
    }

    package func handle(_ fact: PaymentFact) async throws -> PaymentFactOutcome {
        do {
            return try await handleOnce(fact)
        } catch let error as PostgresError where error.isTradeNumberTaken {
            // Another payment took the gateway's number between our look and our write; now it is seen.
            return try await handleOnce(fact)
        }
    }

    private func handleOnce(_ fact: PaymentFact) async throws -> PaymentFactOutcome {
        try await pool.withTransaction { transaction in
            let outcome = try await handle(fact, in: transaction)
            try await payments.record(fact, outcome: outcome, in: transaction)
            return outcome
        }
    }

    package func handle(refunded refund: Refund) async throws {
        try await pool.withTransaction { try await handle(refunded: refund, actor: .nobody, in: $0) }
    }

    /// The same in a transaction of the caller's.
    ///
    /// - Returns: whether that was news.
    @discardableResult
    func handle(refunded refund: Refund, actor: OrderActor, in transaction: PostgresTransaction) async throws -> Bool {
        guard
            let (order, now) = try await locks.lock(refund.orderID, scope: .all, in: transaction).map({ ($0.order, $0.now) }),
            let payment = try await payments.payment(id: refund.paymentID, in: transaction),
            try await payments.markRefunded(refund, in: transaction) != nil
        else { return false }
        try await ledger.post(.refundPaid(refund, by: payment), at: now, in: transaction)
        try await steps.finish(order, in: order.state, by: actor, at: now, in: transaction)
        return true
    }

    /// The same in a transaction of the caller's, without a record of the notice: for news that is no notice.
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
            // What had gone back of it before we knew that it came.
            if payment.foreignFen > 0 {
                try await ledger.post(.foreignRefund(of: payment, amountFen: payment.foreignFen), at: locked.now, in: transaction)
            }
            return outcome
        case .closed:
            try await payments.markClosed(payment, in: transaction)
            return .closed
        case .alreadySettled: return .alreadySettled
        case .amountMismatch: return .amountMismatch
        case .tradeBoundElsewhere: return .tradeBoundElsewhere
        case .refundExceedsPayment: return .refundExceedsPayment
        case .refundNoticed:
            try await notice(fact, of: payment, locked: locked, in: transaction)
            return .refundNoticed
        case .notYet: return .notYet
        }
    }

    /// Takes in that money went back. Our own refunds are told at the same address; what goes beyond them, a person did in the gateway's own console.
    private func notice(
        _ fact: PaymentFact, of payment: Payment, locked: OrderLockStore.Locked, in transaction: PostgresTransaction
    ) async throws {
        // All of it has gone back before we heard that it came: nobody can pay it any more.
        if fact.status == .closed { try await payments.markClosed(payment, in: transaction) }
        guard let toldFen = fact.refundedFen else { return }
        try await foreignRefunds.notice(toldFen: toldFen, of: payment, for: locked.order, at: locked.now, in: transaction)
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
            try await giveBack(payment, of: order, in: returned.to, because: .latePayment, at: now, in: transaction)
            return .lateRefunding
        case .returnDuplicate:
            try await giveBack(payment, of: order, in: order.state, because: .duplicatePayment, at: now, in: transaction)
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
        of order: Order,
        in state: OrderState,
        because reason: RefundReason,
        at now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        try await ledger.post(.unallocatedPayment(payment), at: now, in: transaction)
        let new = NewRefund(amountFen: payment.amountFen, reason: reason.rawValue)
        _ = try await steps.request(
            new, of: payment, for: order, in: state, at: now, in: transaction, entry: LedgerEntry.unallocatedRefund)
    }
}

extension PostgresError {
    /// Whether a gateway's number of a trade belongs to another payment already.
    var isTradeNumberTaken: Bool { constraintName == "payments_gateway_trade_no_key" }
}
