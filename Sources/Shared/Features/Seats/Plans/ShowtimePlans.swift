package import Database
import Synchronization

/// Plans of showtimes in this process's memory, so that a booking needn't read seats and prices.
///
/// A plan may be older than its row. A user of a plan compares ``ShowtimePlan/version`` with the row, and asks for a newer plan.
package final class ShowtimePlans: Sendable {
    private struct Memory {
        var plans: [Int64: ShowtimePlan] = [:]
        var layouts: [Int64: SeatLayout] = [:]
        /// The number of seats of all layouts.
        var seatCount = 0

        mutating func add(_ plan: ShowtimePlan) {
            seatCount += plan.layout.seats.count - (layouts[plan.layout.id]?.seats.count ?? 0)
            layouts[plan.layout.id] = plan.layout
            plans[plan.showtimeID] = plan
        }
    }

    private let pool: PostgresPool
    private let store = SeatStore()
    private let capacity: Int
    private let seatCapacity: Int
    private let memory = Mutex(Memory())

    /// When a limit would be exceeded, everything is removed, and read anew when it is wanted.
    ///
    /// - Parameters:
    ///   - capacity: how many plans are kept.
    ///   - seatCapacity: how many seats the layouts may have together, each layout counted once. A large hall takes far more memory than a
    ///     small one.
    package init(pool: PostgresPool, capacity: Int = 10_000, seatCapacity: Int = 500_000) {
        self.pool = pool
        self.capacity = capacity
        self.seatCapacity = seatCapacity
    }

    /// How many plans are in memory.
    var count: Int { memory.withLock { $0.plans.count } }

    /// The plan of a showtime.
    ///
    /// - Parameter version: the plan is read anew unless the one in memory is at least of this version.
    /// - Returns: `nil` when there is no such showtime.
    package func plan(showtimeID: Int64, version: Int64 = 0) async throws -> ShowtimePlan? {
        try await plan(showtimeID: showtimeID, version: version, in: pool)
    }

    /// The plan of a showtime. When it has to be read, the caller's session reads it.
    func plan(showtimeID: Int64, version: Int64, in session: some PostgresSession) async throws -> ShowtimePlan? {
        let known = memory.withLock { $0.plans[showtimeID] }
        if let known, known.version >= version { return known }
        let plan = try await store.plan(showtimeID: showtimeID, in: session) { layoutID in
            memory.withLock { $0.layouts[layoutID] }
        }
        if let plan { cache(plan) }
        return plan
    }

    /// The plan of a showtime that a transaction has locked, read over the transaction's own connection.
    ///
    /// - Returns: `nil` when there is no such showtime.
    package func plan(showtimeID: Int64, in transaction: PostgresTransaction) async throws -> ShowtimePlan? {
        try await store.plan(showtimeID: showtimeID, in: transaction) { layoutID in
            memory.withLock { $0.layouts[layoutID] }
        }
    }

    private func cache(_ plan: ShowtimePlan) {
        memory.withLock { memory in
            let newSeats = memory.layouts[plan.layout.id] == nil ? plan.layout.seats.count : 0
            if memory.plans.count >= capacity || memory.seatCount + newSeats > seatCapacity { memory = Memory() }
            memory.add(plan)
        }
    }
}
