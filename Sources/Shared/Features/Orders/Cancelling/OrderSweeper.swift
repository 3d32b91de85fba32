package import Database
import Foundation

/// Ends orders whose time is over and whose seats nobody has asked for. No seat waits for the sweeper, because a booking ends such orders
/// itself.
package struct OrderSweeper: Sendable {
    private let pool: PostgresPool
    private let store = OrderSweepStore()
    private let locks = OrderLockStore()
    private let batchLimit: Int

    /// - Parameter batchLimit: the highest number of orders in one sweep.
    package init(pool: PostgresPool, batchLimit: Int = 500) {
        self.pool = pool
        self.batchLimit = batchLimit
    }

    /// Expires unpaid orders whose time is over. Orders of a showtime that somebody else has locked are left for the next sweep.
    ///
    /// - Returns: how many it looked at.
    @discardableResult
    package func sweep() async throws -> Int {
        let lapsed = try await store.lapsedOrders(limit: batchLimit, in: pool)
        var failure: (any Error)?
        for (showtimeID, orders) in Dictionary(grouping: lapsed, by: \.showtimeID).sorted(by: { $0.key < $1.key }) {
            do {
                try await expire(orders.map(\.id), of: showtimeID)
            } catch {
                // A failure at one showtime must not keep the sweeper from the others.
                failure = error
            }
        }
        if let failure { throw failure }
        return lapsed.count
    }

    /// Deletes the records about squatters that no longer count, in slices.
    package func deleteOldRecords() async throws {
        for _ in 0..<100 where try await LapseStore().deleteOld(limit: 5_000, in: pool) < 5_000 { break }
        for _ in 0..<100 where try await ChallengeStore().deleteOld(limit: 5_000, in: pool) < 5_000 { break }
    }

    private func expire(_ ids: [UUID], of showtimeID: Int64) async throws {
        try await pool.withTransaction { transaction in
            guard try await locks.tryToLockShowtime(showtimeID, in: transaction) else { return }
            let now = try await transaction.now()
            let still = try await store.stillLapsed(ids, at: now, in: transaction)
            for query in OrderStore.ending(orderIDs: still, of: [showtimeID], by: .lapsed, actor: .nobody, at: now) {
                try await transaction.execute(query)
            }
        }
    }
}
