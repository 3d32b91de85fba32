package import Database

/// Seat maps of showtimes.
package struct Seats: Sendable {
    private let database: PostgresPool
    private let plans: ShowtimePlans
    private let store = SeatStore()

    package init(database: PostgresPool, plans: ShowtimePlans) {
        self.database = database
        self.plans = plans
    }

    /// The seats of a showtime as they are now.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func map(showtimeID: Int64) async throws -> SeatMap {
        guard
            let (version, claims) = try await store.claims(showtimeID: showtimeID, in: database),
            let plan = try await plans.plan(showtimeID: showtimeID, version: version)
        else { throw Refusal.notFound }
        return SeatMap(plan: plan, claims: claims)
    }
}
