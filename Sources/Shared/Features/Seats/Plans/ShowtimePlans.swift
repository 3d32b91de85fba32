package import Database
import Synchronization

/// The plans of showtimes that this process has read, so that a booking needs no look at seats and prices.
///
/// A plan may be older than its row; who uses one compares ``ShowtimePlan/version`` with the row and asks for a newer one.
package final class ShowtimePlans: Sendable {
    private struct Memory {
        var plans: [Int64: ShowtimePlan] = [:]
        var layouts: [Int64: SeatLayout] = [:]
        /// Of all layouts.
        var seatCount = 0

        mutating func add(_ plan: ShowtimePlan) {
            seatCount += plan.layout.seats.count - (layouts[plan.layout.id]?.seats.count ?? 0)
            layouts[plan.layout.id] = plan.layout
            plans[plan.showtimeID] = plan
        }
    }

    private let database: PostgresPool
    private let store = SeatStore()
    private let capacity: Int
    private let seatCapacity: Int
    private let memory = Mutex(Memory())

    /// When more would be kept than may be, all is removed, and read anew when it is wanted.
    ///
    /// - Parameters:
    ///   - capacity: how many plans are kept.
    ///   - seatCapacity: how many seats their layouts may have together, each layout counted once: a large hall takes far more memory than
    ///     a small one.
    package init(database: PostgresPool, capacity: Int = 10_000, seatCapacity: Int = 500_000) {
        self.database = database
        self.capacity = capacity
        self.seatCapacity = seatCapacity
    }

    /// How many plans are in memory.
    var count: Int { memory.withLock { $0.plans.count } }

    /// The plan of a showtime.
    ///
    /// - Parameter version: reads anew unless the plan in memory is at least of this version.
    /// - Returns: `nil` when there is no such showtime.
    package func plan(showtimeID: Int64, version: Int64 = 0) async throws -> ShowtimePlan? {
        try await plan(showtimeID: showtimeID, version: version, in: database)
    }

    /// The same, read in a session of the caller's where it has to be.
    func plan(showtimeID: Int64, version: Int64, in session: some PostgresSession) async throws -> ShowtimePlan? {
        let known = memory.withLock { $0.plans[showtimeID] }
        if let known, known.version >= version { return known }
        let plan = try await store.plan(showtimeID: showtimeID, in: session) { layoutID in
            memory.withLock { $0.layouts[layoutID] }
        }
        if let plan { remember(plan) }
        return plan
    }

    /// The plan of a showtime as a transaction sees it, which holds its lock: read on its own connection.
    ///
    /// - Returns: `nil` when there is no such showtime.
    package func plan(showtimeID: Int64, in transaction: PostgresTransaction) async throws -> ShowtimePlan? {
        try await store.plan(showtimeID: showtimeID, in: transaction) { layoutID in
            memory.withLock { $0.layouts[layoutID] }
        }
    }

    private func remember(_ plan: ShowtimePlan) {
        memory.withLock { memory in
            let newSeats = memory.layouts[plan.layout.id] == nil ? plan.layout.seats.count : 0
            if memory.plans.count >= capacity || memory.seatCount + newSeats > seatCapacity { memory = Memory() }
            memory.add(plan)
        }
    }
}
