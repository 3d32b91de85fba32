import Callers
package import Database
package import Foundation

/// Takes tickets back and refunds their money.
package struct OrderRefunds: Sendable {
    private let payments: Payments
    private let steps: RefundSteps
    private let places = Places()
    private let store = OrderStore()
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let tickets = TicketStore()
    private let refundTickets = RefundTicketStore()

    package init(payments: Payments, ledger: Ledger = Ledger()) {
        self.payments = payments
        steps = RefundSteps(payments: payments, ledger: ledger)
    }

    /// Takes tickets of a paid order back. Their seats are free at once, and the outbox sends the money back.
    ///
    /// - Parameter ticketIDs: `nil` for all that are still valid.
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderNeedsAttention`` and the refusals of ``RefundDecision``.
    package func request(
        _ id: UUID,
        ticketIDs: [Int64]?,
        by requester: RefundRequester,
        actor: OrderActor,
        scope: OrderScope,
        in transaction: PostgresTransaction
    ) async throws -> OrderRefund {
        guard let locked = try await locks.lock(id, scope: scope, in: transaction) else { throw Refusal.notFound }
        // Money has gone back already without us, and only the platform's people see how much.
        guard locked.order.attention == nil || requester == .platform else { throw Refusal.orderNeedsAttention }
        let facts = RefundDecision.Facts(
            state: locked.order.state,
            tickets: try await tickets.tickets(orderID: id, in: transaction),
            policy: try await places.refundPolicy(locked.order.refundPolicyID, in: transaction),
            startsAt: locked.showtime.startsAt,
            now: locked.now
        )
        let decision = try RefundDecision(ticketIDs: ticketIDs, by: requester, facts)
        let change = requester.change(isWhole: decision.isWhole)
        return try await carryOut(decision, change: change, reason: requester.reason, of: locked, actor: actor, in: transaction)
    }

    /// What giving tickets back would come to now. Nothing is held for it: when it is asked for, the policy's next step may have begun.
    ///
    /// Parameters and errors are those of ``request(_:ticketIDs:by:actor:scope:in:)``.
    package func preview(
        _ id: UUID, ticketIDs: [Int64]?, by requester: RefundRequester, scope: OrderScope, in session: some PostgresSession
    ) async throws -> RefundPreview {
        guard let order = try await store.order(id, scope: scope, in: session) else { throw Refusal.notFound }
        guard order.attention == nil || requester == .platform else { throw Refusal.orderNeedsAttention }
        let tickets = try await tickets.tickets(orderID: id, in: session)
        let policy = try await places.refundPolicy(order.refundPolicyID, in: session)
        let now = try await session.now()
        let facts = RefundDecision.Facts(
            state: order.state, tickets: tickets, policy: policy, startsAt: tickets.first?.startsAt ?? now, now: now)
        let decision = try RefundDecision(ticketIDs: ticketIDs, by: requester, facts)
        guard
            let paymentID = order.paidByPaymentID,
            let payment = try await payments.payment(id: paymentID, in: session)
        else { throw Defect.paymentMissing(orderID: id) }
        return RefundPreview(
            orderID: id, tickets: decision.tickets,
            sentFen: try await payments.sentFen(ofRefund: decision.amountFen, of: payment, in: session),
            isWhole: decision.isWhole, policy: policy,
            termsEndAt: requester == .buyer ? policy.termsEnd(at: now, startsAt: facts.startsAt) : nil)
    }

    /// Refunds everything that is left of an order, because its showtime is cancelled.
    ///
    /// - Parameter locked: a paid or collected order.
    func refundRest(of locked: OrderLockStore.Locked, actor: OrderActor, in transaction: PostgresTransaction) async throws {
        let decision = RefundDecision(restOf: try await tickets.tickets(orderID: locked.order.id, in: transaction))
        _ = try await carryOut(
            decision, change: .showtimeCancelled, reason: .showtimeCancelled, of: locked, actor: actor, in: transaction
        )
    }

    /// The refunds of an order, oldest first.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func refunds(orderID: UUID, scope: OrderScope, in session: some PostgresSession) async throws -> [OrderRefund] {
        guard try await store.order(orderID, scope: scope, in: session) != nil else { throw Refusal.notFound }
        let refunds = try await payments.refunds(orderID: orderID, in: session)
        let ticketIDs = try await refundTickets.ticketIDs(refundIDs: refunds.map(\.id), in: session)
        return refunds.map { OrderRefund(refund: $0, ticketIDs: ticketIDs[$0.id, default: []]) }
    }

    private func carryOut(
        _ decision: RefundDecision,
        change: OrderChange,
        reason: RefundReason,
        of locked: OrderLockStore.Locked,
        actor: OrderActor,
        in transaction: PostgresTransaction
    ) async throws -> OrderRefund {
        let (order, now) = (locked.order, locked.now)
        guard
            let paymentID = order.paidByPaymentID,
            let payment = try await payments.payment(id: paymentID, in: transaction)
        else { throw Defect.paymentMissing(orderID: order.id) }
        let transition = try OrderTransition(change, from: order.state)
        let seatIDs = decision.tickets.map(\.seatID)
        try await changes.apply(transition, to: order, by: actor, at: now, in: transaction)
        try await changes.addRefundedSeats(seatIDs, of: order, in: transaction)
        try await changes.release(seatIDs, of: order, in: transaction)
        try await tickets.refund(decision.tickets.map(\.ticketID), in: transaction)
        try await transaction.execute(OrderStore.raiseSeatRevision(showtimeIDs: [order.showtimeID]))
        let new = NewRefund(
            amountFen: decision.amountFen, feeFen: decision.feeFen, reason: reason.rawValue, requestedByAccountID: actor.accountID,
            note: actor.note
        )
        let refund = try await steps.request(new, of: payment, for: order, in: transition.to, at: now, in: transaction) {
            .ticketRefund($0, tickets: decision.tickets, of: order, merchantID: locked.showtime.merchantID)
        }
        try await refundTickets.add(decision.tickets, refundID: refund.id, in: transaction)
        return OrderRefund(refund: refund, ticketIDs: decision.tickets.map(\.ticketID).sorted())
    }
}

extension Defect {
    /// A paid order without the payment that paid it.
    static func paymentMissing(orderID: UUID) -> Defect {
        Defect("a paid order has no payment: \(orderID)")
    }
}
