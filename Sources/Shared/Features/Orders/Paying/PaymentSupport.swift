import Callers
package import Database
package import Foundation

/// Decisions of administrators about money that doesn't fit our data.
package struct PaymentSupport: Sendable {
    private let payments: Payments
    private let ledger: Ledger
    private let steps: RefundSteps
    private let foreignRefunds: ForeignRefunds
    private let records = PaymentRecords()
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let attentions = OrderAttentionStore()
    private let refundTickets = RefundTicketStore()
    private let store = OrderStore()
    private let showtimes = ShowtimeSummaryStore()

    package init(payments: Payments, ledger: Ledger = Ledger()) {
        self.payments = payments
        self.ledger = ledger
        steps = RefundSteps(payments: payments, ledger: ledger)
        foreignRefunds = ForeignRefunds(payments: payments, ledger: ledger)
    }

    /// Sends money of a wrong amount back, all of it and once, whatever the order's state is. The payment is closed, so that it takes no
    /// other money.
    ///
    /// - Parameters:
    ///   - notificationID: the notice that named the amount.
    ///   - actor: the administrator who decides, and why.
    /// - Throws: ``Refusal/notFound``, ``Refusal/notificationNotRefundable``, ``Refusal/notificationRefunded``.
    package func refundWrongAmount(
        _ notificationID: Int64, actor: OrderActor, in transaction: PostgresTransaction
    ) async throws -> OrderRefund {
        let notice = try await records.notification(notificationID, in: transaction)
        let status = notice.tradeStatus.flatMap(TradeStatus.init(rawValue:))
        guard
            notice.isProven, notice.outcome.rawValue == PaymentFactOutcome.amountMismatch.rawValue,
            // Money has come only in these two states.
            status == .succeeded || status == .finished,
            let amountFen = notice.amountFen, amountFen > 0,
            let number = notice.outTradeNo.flatMap(TradeNumber.init(rawValue:)),
            let unlocked = try await payments.payment(outTradeNo: number, in: transaction),
            let locked = try await locks.lock(unlocked.orderID, scope: .all, in: transaction),
            let payment = try await payments.payment(id: unlocked.id, in: transaction),
            payment.state != .succeeded, payment.amountFen != amountFen
        else { throw Refusal.notificationNotRefundable }
        guard let marked = try await payments.markWrongAmount(payment, amountFen: amountFen, in: transaction) else {
            throw Refusal.notificationRefunded
        }
        let (order, now) = (locked.order, locked.now)
        let returned = try OrderTransition(.wrongAmountReturned, from: order.state)
        try await changes.apply(returned, to: order, by: actor, at: now, in: transaction)
        try await ledger.post(.unallocatedPayment(marked, amountFen: amountFen), at: now, in: transaction)
        let new = NewRefund(
            amountFen: amountFen, reason: RefundReason.wrongAmount.rawValue, requestedByAccountID: actor.accountID, note: actor.note)
        // What had gone back of it in the gateway's own console, before it was in the books.
        if marked.foreignFen > 0 {
            try await ledger.post(.foreignRefund(of: marked, amountFen: marked.foreignFen), at: now, in: transaction)
        }
        let refund = try await steps.request(
            new, of: marked, for: order, in: returned.to, at: now, in: transaction, entry: LedgerEntry.unallocatedRefund)
        return OrderRefund(refund: refund, ticketIDs: [])
    }

    /// Counts a refund that the gateway refuses for good as done: its money has gone back in another way, about which a person knows.
    ///
    /// - Parameter actor: the administrator who decides, and why.
    /// - Throws: ``Refusal/notFound``, ``Refusal/refundNotRefused``.
    package func markSentElsewhere(
        _ refundID: Int64, of orderID: UUID, actor: OrderActor, in transaction: PostgresTransaction
    ) async throws -> OrderRefund {
        guard
            let locked = try await locks.lock(orderID, scope: .all, in: transaction),
            let refund = try await payments.refund(refundID, orderID: orderID, in: transaction),
            let payment = try await payments.payment(id: refund.paymentID, in: transaction)
        else { throw Refusal.notFound }
        guard let done = try await payments.markSentElsewhere(refund, in: transaction) else { throw Refusal.refundNotRefused }
        try await ledger.post(.refundSettled(done, foreignFen: refund.sentFen), at: locked.now, in: transaction)
        // The gateway may have told before what went back in its console, when it could have been this refund.
        try await foreignRefunds.notice(toldFen: nil, of: payment, for: locked.order, at: locked.now, in: transaction)
        try await steps.finish(locked.order, in: locked.order.state, by: actor, at: locked.now, in: transaction)
        let ticketIDs = try await refundTickets.ticketIDs(refundIDs: [refundID], in: transaction)
        return OrderRefund(refund: done, ticketIDs: ticketIDs[refundID, default: []])
    }

    /// Decides that an order with an attention counts as before: its tickets can be collected and let people in again.
    ///
    /// - Parameter actor: the administrator who decides, and why.
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNeedsNoDecision``.
    package func release(_ id: UUID, actor: OrderActor, in transaction: PostgresTransaction) async throws -> DetailedOrder {
        guard let locked = try await locks.lock(id, scope: .all, in: transaction) else { throw Refusal.notFound }
        guard try await attentions.decide(orderID: id, by: actor, at: locked.now, in: transaction) else {
            throw Refusal.orderNeedsNoDecision
        }
        let decided = try OrderTransition(.attentionDecided, from: locked.order.state)
        try await changes.apply(decided, to: locked.order, by: actor, at: locked.now, in: transaction)
        guard let order = try await store.order(id, scope: .all, in: transaction) else { throw Defect.lockedRowGone(from: "orders") }
        return try await showtimes.detailed(order, in: transaction)
    }
}
