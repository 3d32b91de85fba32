import Callers
package import Database
package import Foundation

/// Takes money at the counter for an order that was opened there, or online by a buyer who prefers to pay at the counter.
package struct CounterSales: Sendable {
    /// How the money was taken.
    package enum Means: Hashable, Sendable {
        case cash
        /// Another means, such as a card terminal, with the payment's reference there.
        case external(reference: String)
    }

    private let payments: Payments
    private let arrivals: PaymentArrivals
    private let store = OrderStore()
    private let locks = OrderLockStore()
    private let tickets = TicketStore()
    private let showtimes = ShowtimeSummaryStore()
    private let refundTickets = RefundTicketStore()

    package init(payments: Payments, arrivals: PaymentArrivals) {
        self.payments = payments
        self.arrivals = arrivals
    }

    /// Takes the whole amount of an unpaid order. Where the buyer can still pay at a gateway, it takes nothing and requests the closing of
    /// the buyer's payments there.
    ///
    /// - Parameters:
    ///   - write: carries out, in a transaction, what it is given.
    ///   - writeClosing: the same for the request to close, which needs a transaction of its own: the refusal rolls the first one back.
    /// - Throws: what ``pay(_:by:clerkID:scope:in:)`` throws.
    package func pay<Answer>(
        _ id: UUID,
        by means: Means,
        clerkID: Int64,
        scope: OrderScope,
        write: ((PostgresTransaction) async throws -> CounterSale) async throws -> Answer,
        writeClosing: ((PostgresTransaction) async throws -> Void) async throws -> Void
    ) async throws -> Answer {
        do {
            return try await write { try await pay(id, by: means, clerkID: clerkID, scope: scope, in: $0) }
        } catch let refusal as Refusal where refusal.code == Refusal.tradeOpenCode {
            try await writeClosing { try await closeTrades(of: id, scope: scope, in: $0) }
            throw refusal
        }
    }

    /// Takes the whole amount of an unpaid order. The order is paid at once, and its tickets exist.
    ///
    /// The clerk's word is the proof, in place of a gateway's notification; from there both take the same way. While the buyer can still
    /// pay at a gateway the clerk takes nothing. ``closeTrades(of:scope:in:)`` closes the buyer's payments there.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/orderExpired``, ``Refusal/orderNotUnpaid``, ``Refusal/tradeOpen(retryAfter:)``,
    ///   ``Refusal/paymentReferenceUsed``, ``Refusal/paymentTimeOver``.
    package func pay(
        _ id: UUID,
        by means: Means,
        clerkID: Int64,
        scope: OrderScope,
        in transaction: PostgresTransaction
    ) async throws -> CounterSale {
        guard let locked = try await locks.lock(id, scope: scope, in: transaction) else { throw Refusal.notFound }
        let order = locked.order
        guard !order.hasLapsed(at: locked.now), order.state != .expired else { throw Refusal.orderExpired }
        guard order.state.isUnpaid else { throw Refusal.orderNotUnpaid(order.state) }
        if let seconds = try await payments.secondsUntilClosed(orderID: id, in: transaction) {
            throw Refusal.tradeOpen(retryAfter: seconds)
        }
        let payment = try await payments.start(
            orderID: id,
            amountFen: order.amount.payableFen,
            method: means.method,
            channel: .counter,
            subject: "",
            expiresAt: order.expiresAt,
            in: transaction
        ).payment
        let fact = PaymentFact(
            gateway: payment.gateway,
            origin: .counter,
            outTradeNo: payment.outTradeNo,
            tradeNo: means.tradeNo(payment, merchantID: locked.showtime.merchantID),
            status: .succeeded,
            amountFen: payment.amountFen
        )
        switch try await handle(fact, clerkID: clerkID, in: transaction) {
        case .paid: break
        case .tradeBoundElsewhere: throw Refusal.paymentReferenceUsed
        case let outcome: throw Defect("a payment at the counter, under its order's lock, came out as \(outcome)")
        }
        guard
            let paid = try await store.order(id, scope: .all, in: transaction),
            let settled = try await payments.payment(id: payment.id, in: transaction),
            let code = try await store.collectionCode(orderID: id, in: transaction)
        else { throw Defect.paymentMissing(orderID: id) }
        let issued = try await tickets.tickets(orderID: id, in: transaction)
        let showtime = try await showtimes.summary(of: paid.showtimeID, in: transaction)
        return CounterSale(
            payment: settled, tickets: OrderTickets(order: paid, collectionCode: code, tickets: issued, showtime: showtime))
    }

    /// Asks for the closing of an order's started payments at their gateways, so that the counter can take its money. The outbox does it,
    /// because a call to a gateway has no place in a transaction.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func closeTrades(of id: UUID, scope: OrderScope, in transaction: PostgresTransaction) async throws {
        guard let locked = try await locks.lock(id, scope: scope, in: transaction) else { throw Refusal.notFound }
        guard locked.order.state.isUnpaid else { return }
        try await payments.requestClosing(orderID: id, in: transaction)
    }

    /// Records that a clerk has handed out a refund of money that was taken at the counter.
    ///
    /// - Returns: the refund, as it stands then.
    /// - Throws: ``Refusal/notFound``, ``Refusal/refundNotAtCounter``, ``Refusal/refundPaidOut``.
    package func payOut(
        _ refundID: Int64,
        of id: UUID,
        clerkID: Int64,
        scope: OrderScope,
        in transaction: PostgresTransaction
    ) async throws -> OrderRefund {
        guard
            let order = try await store.order(id, scope: scope, in: transaction),
            let refund = try await payments.refund(refundID, orderID: order.id, in: transaction),
            let payment = try await payments.payment(id: refund.paymentID, in: transaction)
        else { throw Refusal.notFound }
        guard payment.gateway == CounterGateway.name else { throw Refusal.refundNotAtCounter }
        guard try await arrivals.handle(refunded: refund, actor: OrderActor(clerkID), in: transaction) else {
            throw Refusal.refundPaidOut
        }
        guard let paidOut = try await payments.refund(refundID, orderID: order.id, in: transaction) else {
            throw Defect.lockedRowGone(from: "refunds")
        }
        let ticketIDs = try await refundTickets.ticketIDs(refundIDs: [refundID], in: transaction)
        return OrderRefund(refund: paidOut, ticketIDs: ticketIDs[refundID, default: []])
    }

    /// Another clerk may write the same reference at the same moment, for another showtime. Then the database's constraint decides.
    private func handle(_ fact: PaymentFact, clerkID: Int64, in transaction: PostgresTransaction) async throws -> PaymentFactOutcome {
        do {
            return try await arrivals.handle(fact, actor: OrderActor(clerkID), in: transaction)
        } catch let error as PostgresError where error.isTradeNumberTaken {
            throw Refusal.paymentReferenceUsed
        }
    }
}

/// The things that a clerk hands out after taking the money.
package struct CounterSale: Hashable, Sendable {
    package let payment: Payment
    package let tickets: OrderTickets
}

extension CounterSales.Means {
    var method: PaymentMethod {
        switch self {
        case .cash: CounterGateway.cash
        case .external: CounterGateway.external
        }
    }

    /// The number of the trade at the counter. Cash has no number, so our own trade number stands for it. A reference is unique for each
    /// merchant.
    func tradeNo(_ payment: Payment, merchantID: Int64) -> String {
        switch self {
        case .cash: payment.outTradeNo.rawValue
        case .external(let reference): "\(merchantID)/\(reference)"
        }
    }
}
