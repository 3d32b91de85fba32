import Database
import Foundation

/// Takes an order's locks in the sequence that everybody keeps to: showtime, account, order.
struct OrderLockStore: Sendable {
    /// An order that is locked, and the facts read under its locks.
    struct Locked: Sendable {
        let order: Order
        let showtime: LockedShowtime
        /// The database's clock, read after the locks.
        let now: Date
    }

    /// Orders that are locked, and the facts read under their locks.
    struct LockedOrders: Sendable {
        private let showtimes: [Int64: LockedShowtime]
        private let orders: [UUID: Order]
        /// The database's clock, read after the locks.
        let now: Date

        /// - Parameter results: the results of the statements of ``OrderLockStore/locking(_:waiting:)``.
        fileprivate init(_ results: [PostgresRows]) throws {
            guard results.count == OrderLockStore.statements else {
                throw Defect("other results than those of the statements that lock orders")
            }
            now = try results[4].requiredFirst["now"]
            showtimes = Dictionary(try results[0].map { try LockedShowtime(row: $0) }.map { ($0.id, $0) }) { first, _ in first }
            let accountIDs = Set(try results[1].map { try $0["id"] as Int64 })
            let orderIDs = Set(try results[2].map { try $0["id"] as UUID })
            // An order that only a later statement found is not locked.
            let locked = try results[3].map { try Order(row: $0) }.filter {
                orderIDs.contains($0.id) && accountIDs.contains($0.accountID)
            }
            orders = Dictionary(locked.map { ($0.id, $0) }) { first, _ in first }
        }

        /// - Returns: `nil` when there is no such order among them.
        func order(_ id: UUID) -> Locked? {
            guard let order = orders[id], let showtime = showtimes[order.showtimeID] else { return nil }
            return Locked(order: order, showtime: showtime, now: now)
        }
    }

    /// - Returns: `nil` when there is no such order in the scope.
    func lock(_ id: UUID, scope: OrderScope, in transaction: PostgresTransaction) async throws -> Locked? {
        try Self.locked(try await transaction.results(of: Self.locking(OrderStore.idQuery(id, scope: scope)))).order(id)
    }

    /// Locks orders and reads them in later statements, all in one round trip. A read inside of the statement that waits for a lock would
    /// show the data from before the wait. The account and the showtime of an order never change, so they are found without a lock.
    ///
    /// - Parameters:
    ///   - ids: selects the orders' ids.
    ///   - wait: what to do with rows that somebody else has locked. An order is left out when one of its rows is.
    static func locking(_ ids: Query, waiting wait: LockWait = .forLock) -> [Query] {
        [
            """
            SELECT id, merchant_id, starts_at, ends_at
            FROM showtimes
            WHERE id = ANY (ARRAY(SELECT showtime_id FROM orders WHERE id IN (\(ids))))
            ORDER BY id
            FOR UPDATE \(wait.clause)
            """,
            """
            SELECT id
            FROM accounts
            WHERE id = ANY (ARRAY(SELECT account_id FROM orders WHERE id IN (\(ids))))
            ORDER BY id
            FOR NO KEY UPDATE \(wait.clause)
            """,
            """
            SELECT id
            FROM orders
            WHERE id = ANY (ARRAY(\(ids)))
            ORDER BY id
            FOR UPDATE \(wait.clause)
            """,
            OrderStore.ordersQuery(idsIn: ids),
            "SELECT clock_timestamp() AS now",
        ]
    }

    /// How many statements ``locking(_:waiting:)`` has.
    static let statements = 5

    /// Reads the results of ``locking(_:waiting:)``.
    static func locked(_ results: some Collection<PostgresRows>) throws -> LockedOrders {
        try LockedOrders(Array(results))
    }

    /// - Returns: `nil` when there is no such showtime.
    func lockShowtime(_ id: Int64, in transaction: PostgresTransaction) async throws -> LockedShowtime? {
        try await transaction.row(
            """
            SELECT id, merchant_id, starts_at, ends_at
            FROM showtimes
            WHERE id = \(id)
            FOR UPDATE
            """,
            LockedShowtime.init(row:)
        )
    }

    /// Locks a showtime unless somebody else has locked it.
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
}

/// The facts about a showtime that a change of its orders needs.
struct LockedShowtime: Hashable, Sendable {
    let id: Int64
    let merchantID: Int64
    let startsAt: Date
    let endsAt: Date

    init(row: PostgresRow) throws {
        id = try row["id"]
        merchantID = try row["merchant_id"]
        startsAt = try row["starts_at"]
        endsAt = try row["ends_at"]
    }
}
