package import Database
package import Foundation

/// What a cancelled showtime does to its orders.
package struct ShowtimeOrders: Sendable {
    private let payments: Payments
    private let store = ShowtimeOrderStore()
    private let locks = OrderLockStore()
    private let changes = OrderChangeStore()
    private let tickets = TicketStore()

    package init(payments: Payments) {
        self.payments = payments
    }

    /// Ends the unpaid orders of a showtime and refunds the others, in the transaction that cancels it and holds its lock.
    ///
    /// - Parameter accountID: who cancelled.
    package func cancelAll(showtimeID: Int64, by accountID: Int64, in transaction: PostgresTransaction) async throws {
        try await store.lockBuyers(showtimeID: showtimeID, in: transaction)
        let now = try await locks.clock(in: transaction)
        let unpaid = try await store.unpaidOrderIDs(showtimeID: showtimeID, in: transaction)
        for query in OrderStore.ending(orderIDs: unpaid, by: .showtimeCancelled, actorAccountID: accountID, at: now) {
            try await transaction.execute(query)
        }
        try await transaction.execute(OrderStore.raiseSeatRevision(showtimeIDs: [showtimeID]))
        for order in try await store.paidOrders(showtimeID: showtimeID, in: transaction) {
            try await refund(order, by: accountID, at: now, in: transaction)
        }
    }

    private func refund(_ order: Order, by accountID: Int64, at now: Date, in transaction: PostgresTransaction) async throws {
        try await changes.apply(.showtimeCancelled, to: order, actorAccountID: accountID, at: now, in: transaction)
        try await changes.release(order, in: transaction)
        try await tickets.refund(orderID: order.id, in: transaction)
        // A payment that came in beside the one that won has its own refund already.
        let refunded = Set(try await payments.refunds(orderID: order.id, in: transaction).map(\.paymentID))
        let winner = try await payments.payments(orderID: order.id, in: transaction)
            .first { $0.state == .succeeded && !refunded.contains($0.id) }
        guard let winner else { throw PaymentMissing(orderID: order.id) }
        _ = try await payments.requestRefund(
            of: winner,
            amountFen: order.amount.payableFen,
            reason: RefundReason.showtimeCancelled.rawValue,
            in: transaction
        )
    }
}

/// A paid order without the payment that paid it: a defect, and nothing may go on as if it weren't.
package struct PaymentMissing: Error, Hashable {
    package let orderID: UUID
}
