package import Database
import Foundation

/// Tidies up after lazy expiry: no seat waits for it.
package struct OrderSweeper: Sendable {
    private let database: PostgresPool
    private let store = OrderSweepStore()
    private let locks = OrderLockStore()
    private let batchLimit: Int

    /// - Parameter batchLimit: how many orders it looks at in one sweep.
    package init(database: PostgresPool, batchLimit: Int = 500) {
        self.database = database
        self.batchLimit = batchLimit
    }

    /// Expires orders that are unpaid past their time. A showtime that is being booked is left for the next sweep.
    ///
    /// - Returns: how many it looked at.
    @discardableResult
    package func sweep() async throws -> Int {
        let lapsed = try await store.lapsedOrders(limit: batchLimit, in: database)
        var failure: (any Error)?
        for (showtimeID, orders) in Dictionary(grouping: lapsed, by: \.showtimeID).sorted(by: { $0.key < $1.key }) {
            do {
                try await expire(orders.map(\.id), of: showtimeID)
            } catch {
                // One showtime in trouble must not keep the others from being tidied.
                failure = error
            }
        }
        if let failure { throw failure }
        return lapsed.count
    }

    /// Removes what was recorded against squatters and no longer counts, slice by slice.
    package func deleteOldRecords() async throws {
        for _ in 0..<100 where try await LapseStore().deleteOld(limit: 5_000, in: database) < 5_000 { break }
        for _ in 0..<100 where try await ChallengeStore().deleteOld(limit: 5_000, in: database) < 5_000 { break }
    }

    private func expire(_ ids: [UUID], of showtimeID: Int64) async throws {
        try await database.withTransaction { transaction in
            guard try await locks.tryToLockShowtime(showtimeID, in: transaction) else { return }
            let now = try await transaction.now()
            let still = try await store.stillLapsed(ids, at: now, in: transaction)
            for query in OrderStore.ending(orderIDs: still, of: [showtimeID], by: .lapsed, actor: .nobody, at: now) {
                try await transaction.execute(query)
            }
        }
    }
}
