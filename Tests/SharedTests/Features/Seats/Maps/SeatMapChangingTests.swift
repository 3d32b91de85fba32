import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Seat maps of a showtime that is being changed", .inTurn)
struct SeatMapChangingTests {
    @Test("A map whose prices and claims don't come to agree is refused in words of its own, and shown when they do")
    func refusal() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let showtimeID = world.showtimeIDs[0]
            let plans = ShowtimePlans(pool: database)
            let maps = SeatMaps(pool: database, plans: plans, logger: .silent) { _ in [] }
            // As if the showtime had been changed after each reading of its claims: the plan is always ahead of them.
            let ahead = "UPDATE showtimes SET version = version + 1 WHERE id = \(showtimeID)" as Query
            try await database.execute(ahead)
            _ = try await plans.plan(showtimeID: showtimeID)
            try await database.execute("UPDATE showtimes SET version = version - 1 WHERE id = \(showtimeID)")
            let refusal = await #expect(throws: Refusal.self) { try await maps.map(showtimeID: showtimeID) }
            #expect(refusal == .showtimeChanging)
            try await database.execute(ahead)
            #expect(try await maps.map(showtimeID: showtimeID).map.revision == 0)
        }
    }
}
