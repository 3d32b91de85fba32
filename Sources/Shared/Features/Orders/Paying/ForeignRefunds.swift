import Database
import Foundation

/// What went back in a gateway's own console: it is entered in the ledger, and an administrator has to decide about the order. The order's
/// row is locked.
struct ForeignRefunds: Sendable {
    private let payments: Payments
    private let ledger: Ledger
    private let attentions = OrderAttentionStore()
    private let orders = OrderChangeStore()

    init(payments: Payments, ledger: Ledger) {
        self.payments = payments
        self.ledger = ledger
    }

    /// Takes in what is known of refunds that nobody here asked for.
    ///
    /// - Parameter toldFen: the sum of all refunds as the gateway tells it now; `nil` when it tells nothing new.
    func notice(
        toldFen: Int64?, of payment: Payment, for order: Order, at now: Date, in transaction: PostgresTransaction
    ) async throws {
        let foreignFen = try await payments.noteRefunds(ofAltogether: toldFen, of: payment, in: transaction)
        guard foreignFen > 0 else { return }
        try await attentions.note(
            .refundedAtGateway, orderID: order.id, paymentID: payment.id, foreignFen: foreignFen, at: now, in: transaction)
        if payment.isInTheBooks { try await ledger.post(.foreignRefund(of: payment, amountFen: foreignFen), at: now, in: transaction) }
        let noticed = try OrderTransition(.refundedAtGateway, from: order.state)
        let actor = OrderActor(nil, note: "\(foreignFen) fen of payment \(payment.id)")
        try await orders.apply(noticed, to: order, by: actor, at: now, in: transaction)
    }
}
