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

    /// What is read under the locks of several orders.
    struct LockedOrders: Sendable {
        private let showtimes: [Int64: LockedShowtime]
        private let orders: [UUID: Order]
        /// The one clock: read after the locks.
        let now: Date

        /// - Parameter results: what the statements of ``OrderLockStore/locking(_:waiting:)`` gave.
        fileprivate init(_ results: [PostgresRows]) throws {
            guard results.count == OrderLockStore.statements else {
                throw Defect("other results than those of the statements that lock orders")
            }
            now = try results[4].requiredFirst["now"]
            showtimes = Dictionary(try results[0].map { try LockedShowtime(row: $0) }.map { ($0.id, $0) }) { first, _ in first }
            let accountIDs = Set(try results[1].map { try $0["id"] as Int64 })
            let orderIDs = Set(try results[2].map { try $0["id"] as UUID })
            // An order that a later statement found and the earlier ones didn't is not locked.
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

    /// Locks orders and reads them in later statements, all in one round trip: a read in the statement that waits for a lock would be of the time
    /// before the wait. To whom and to which showtime an order belongs never changes, so that is found without a lock.
    ///
    /// - Parameters:
    ///   - ids: selects the orders' ids.
    ///   - wait: what becomes of rows that somebody else has locked; an order of which one is left out is not among those locked.
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

    /// What ``locking(_:waiting:)`` gave.
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
}

/// What an order's change needs to know of its showtime.
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
