package import Callers
package import Database
package import Foundation

/// Ends or refunds the orders of a showtime that is cancelled.
///
/// All of it happens in the transaction that cancels the showtime: after a crash either nothing has been cancelled or everything has. The
/// refunds are rows of the outbox, which goes on where it stopped. ``progress(showtimeID:in:)`` tells how far it has come.
package struct ShowtimeOrders: Sendable {
    private let refunds: OrderRefunds
    private let store = ShowtimeOrderStore()
    private let locks = OrderLockStore()

    package init(refunds: OrderRefunds) {
        self.refunds = refunds
    }

    /// Ends the unpaid orders of a showtime and refunds the others, in the transaction that cancels it and holds its lock.
    ///
    /// - Parameter accountID: the account that cancels the showtime.
    package func cancelAll(showtimeID: Int64, by accountID: Int64, in transaction: PostgresTransaction) async throws {
        guard let showtime = try await locks.lockShowtime(showtimeID, in: transaction) else { return }
        // The buyers' accounts are not locked: nobody's limit is reached by an order that ends, and their other bookings need not wait.
        let now = try await transaction.now()
        let actor = OrderActor(accountID)
        let unpaid = try await store.unpaidOrderIDs(showtimeID: showtimeID, in: transaction)
        for query in OrderStore.ending(orderIDs: unpaid, of: [showtimeID], by: .showtimeCancelled, actor: actor, at: now) {
            try await transaction.execute(query)
        }
        try await transaction.execute(OrderStore.raiseSeatRevision(showtimeIDs: [showtimeID]))
        for order in try await store.paidOrders(showtimeID: showtimeID, in: transaction) {
            let locked = OrderLockStore.Locked(order: order, showtime: showtime, now: now)
            try await refunds.refundRest(of: locked, actor: actor, in: transaction)
        }
    }

    /// The progress of a cancelled showtime's refunds.
    ///
    /// - Throws: ``Refusal/notFound``; ``Refusal/showtimeNotCancelled``.
    package func progress(showtimeID: Int64, scope: MerchantScope, in session: some PostgresSession) async throws -> CancellationProgress {
        guard let progress = try await store.progress(showtimeID: showtimeID, scope: scope, in: session) else {
            throw Refusal.notFound
        }
        guard let cancelled = progress else { throw Refusal.showtimeNotCancelled }
        return cancelled
    }
}

/// The progress of a cancelled showtime's refunds.
package struct CancellationProgress: Hashable, Sendable {
    package let showtimeID: Int64
    package let cancelledAt: Date
    /// The number of unpaid orders that the cancellation ended.
    package let ordersEnded: Int
    /// The number of paid orders with a refund that hasn't been paid yet.
    package let ordersRefunding: Int
    /// The number of paid orders whose money has gone back.
    package let ordersRefunded: Int
    package let refundsRequested: Int
    package let refundsSucceeded: Int
    /// In fen.
    package let outstandingFen: Int64
    /// In fen.
    package let refundedFen: Int64
}
