import Database
import Foundation

/// Takes an order's locks in the house's one order: showtime, account, order.
struct OrderLockStore: Sendable {
    /// What is read under the locks.
    struct Locked: Sendable {
        let order: Order
        let showtime: LockedShowtime
        /// The one clock: read after the locks.
        let now: Date
    }

    /// - Returns: `nil` when there is no such order in the scope.
    func lock(_ id: UUID, scope: OrderScope, in transaction: PostgresTransaction) async throws -> Locked? {
        guard let unlocked = try await OrderStore().order(id, scope: scope, in: transaction) else { return nil }
        guard let showtime = try await lockShowtime(unlocked.showtimeID, in: transaction) else { return nil }
        try await transaction.execute(
            """
            SELECT id
            FROM accounts
            WHERE id = \(unlocked.accountID)
            FOR NO KEY UPDATE
            """
        )
        try await transaction.execute(
            """
            SELECT id
            FROM orders
            WHERE id = \(id)
            FOR UPDATE
            """
        )
        guard let order = try await OrderStore().order(id, scope: .all, in: transaction) else { return nil }
        return Locked(order: order, showtime: showtime, now: try await clock(in: transaction))
    }

    /// - Returns: `nil` when there is no such showtime.
    func lockShowtime(_ id: Int64, in transaction: PostgresTransaction) async throws -> LockedShowtime? {
        try await transaction.row(
            """
            SELECT id, merchant_id, starts_at
            FROM showtimes
            WHERE id = \(id)
            FOR UPDATE
            """
        ) { LockedShowtime(id: try $0["id"], merchantID: try $0["merchant_id"], startsAt: try $0["starts_at"]) }
    }

    /// Locks a showtime unless somebody else has it.
    ///
    /// - Returns: whether it is locked.
    func tryToLockShowtime(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row(
            """
            SELECT id
            FROM showtimes
            WHERE id = \(id)
            FOR UPDATE SKIP LOCKED
            """
        ) { _ in true } ?? false
    }

    /// The database's clock, now.
    func clock(in transaction: PostgresTransaction) async throws -> Date {
        guard let now = try await transaction.row("SELECT clock_timestamp() AS now", { try $0["now"] as Date }) else {
            throw ClockMissing()
        }
        return now
    }
}

/// What an order's change needs to know of its showtime.
struct LockedShowtime: Hashable, Sendable {
    let id: Int64
    let merchantID: Int64
    let startsAt: Date
}

/// A statement that always gives a row gave none.
struct ClockMissing: Error {}
