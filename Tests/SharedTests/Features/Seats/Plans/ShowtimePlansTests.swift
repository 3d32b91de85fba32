import Database
import TestSupport
import Testing

@testable import Shared

@Suite("The plans of showtimes in memory", .inTurn)
struct ShowtimePlansTests {
    @Test("A plan is of one moment: never one version with the prices of the next")
    func oneMoment() async throws {
        try await TestDatabase.with(adjust: { $0.connection.lockTimeout = nil }) { database in
            let showtimeID = try await BookingWorld(in: database.pool).showtimeIDs[0]
            let changer = try await PostgresConnection.connect(to: database.pool.configuration.connection)
            let processID = await changer.serverProcessID
            try await changer.execute("BEGIN")
            try await changer.execute("LOCK TABLE showtime_prices IN ACCESS EXCLUSIVE MODE")
            let reading = Task { try await ShowtimePlans(pool: database.pool).plan(showtimeID: showtimeID) }
            let waiting: Query = "SELECT count(*) FROM pg_stat_activity WHERE \(processID)::integer = ANY (pg_blocking_pids(pid))"
            try await until { try await count(waiting, in: database.pool) > 0 }
            try await changer.execute("UPDATE showtime_prices SET price_fen = 9900")
            try await changer.execute("UPDATE showtimes SET version = version + 1")
            try await changer.execute("COMMIT")
            let plan = try #require(try await reading.value)
            #expect(plan.pricesFen == ["standard": plan.version == 1 ? BookingWorld.priceFen : 9900])
            await changer.close()
        }
    }

    @Test("Their number is bounded, and so is that of their layouts' seats, each layout counted once")
    func bounded() async throws {
        try await withTestDatabase { database in
            // Fifty seats each.
            let (first, second) = (
                try await BookingWorld(in: database, showtimes: 3), try await BookingWorld(in: database, showtimes: 1)
            )
            let plans = ShowtimePlans(pool: database, seatCapacity: 99)
            for (number, id) in first.showtimeIDs.enumerated() {
                _ = try await plans.plan(showtimeID: id)
                #expect(plans.count == number + 1)
            }
            #expect(try await plans.plan(showtimeID: second.showtimeIDs[0])?.layout.seats.count == 50)
            #expect(plans.count == 1)
            _ = try await plans.plan(showtimeID: second.showtimeIDs[0], version: 1)
            #expect(plans.count == 1)

            let few = ShowtimePlans(pool: database, capacity: 2)
            for (id, count) in zip(first.showtimeIDs, [1, 2, 1]) {
                _ = try await few.plan(showtimeID: id)
                #expect(few.count == count)
            }
        }
    }
}
