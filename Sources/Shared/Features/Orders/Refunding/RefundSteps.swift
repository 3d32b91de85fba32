import Database
import Foundation

/// The two steps of every refund, whatever the reason: it is requested, and it is done. The order's row is locked.
struct RefundSteps: Sendable {
    let payments: Payments
    let ledger: Ledger
    private let orders = OrderChangeStore()

    init(payments: Payments, ledger: Ledger) {
        self.payments = payments
        self.ledger = ledger
    }

    /// Requests a refund and enters it in the ledger. One of which the gateway has nothing to send, because it is of 0 fen or all of it went back
    /// without us, is done at once.
    ///
    /// - Parameters:
    ///   - state: the order's, after the change that is the reason.
    ///   - entry: what the ledger says of the refund.
    func request(
        _ new: NewRefund,
        of payment: Payment,
        for order: Order,
        in state: OrderState,
        at now: Date,
        in transaction: PostgresTransaction,
        entry: (Refund) -> LedgerEntry
    ) async throws -> Refund {
        let refund = try await payments.requestRefund(new, of: payment, in: transaction)
        try await ledger.post(entry(refund), at: now, in: transaction)
        if refund.state == .succeeded {
            try await ledger.post(.refundSettled(refund, foreignFen: refund.foreignFen), at: now, in: transaction)
            try await finish(order, in: state, by: .nobody, at: now, in: transaction)
        }
        return refund
    }

    /// Tells the order that a refund of it is done. The last one completes it.
    func finish(
        _ order: Order, in state: OrderState, by actor: OrderActor, at now: Date, in transaction: PostgresTransaction
    ) async throws {
        let refunds = try await payments.refunds(orderID: order.id, in: transaction)
        let isLast = state == .refunding && refunds.allSatisfy { $0.state == .succeeded }
        let transition = try OrderTransition(isLast ? .refundCompleted : .refundPaid, from: state)
        try await orders.apply(transition, to: order, by: actor, at: now, in: transaction)
    }
}
