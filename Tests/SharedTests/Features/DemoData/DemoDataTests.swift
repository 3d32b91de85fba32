import Callers
import Database
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Demo data")
struct DemoDataTests {
    @Test("All that must hold for orders, money and showtimes holds for made ones, and every state is among them")
    func books() async throws {
        try await DemoFixture.with { pool in
            let day = try #require(DemoFixture.day)
            let summary = try #require(await DemoFixture.run(cinemas: 5, orders: 4_000, in: pool))
            try await expectDemoBooks(in: pool, standingStillAt: day)
            #expect(try await count("SELECT count(*) FROM orders", in: pool) == 4_000)
            #expect(try await count("SELECT count(*) FROM showtimes", in: pool) == summary.showtimes)
            #expect(try await count("SELECT count(*) FROM movies", in: pool) == 40)
            let states = try await pool.rows("SELECT DISTINCT state FROM orders") { try $0["state"] as OrderState }
            #expect(Set(states) == Set(OrderState.allCases))
            for (table, kinds) in [("payments", 3), ("tickets", 3), ("refunds", 2)] {
                #expect(try await count("SELECT count(DISTINCT state) FROM \(unsafeSQL: table)", in: pool) == kinds, "\(table)")
            }
            #expect(try await count("SELECT count(*) FROM showtimes WHERE cancelled_at IS NOT NULL", in: pool) > 0)
            #expect(try await count("SELECT count(*) FROM movies WHERE release_date = \(day)", in: pool) > 0)
            // The rows that a trigger adds, and companies and people, are not counted.
            let made = try await count(
                """
                SELECT sum(count)::bigint AS count
                FROM (
                    \(DemoRows.tables.map { "SELECT count(*) FROM \(unsafeSQL: $0)" as Query }.joined(separator: " UNION ALL "))
                ) AS counts
                """, in: pool)
            #expect(made == summary.rows)
        }
    }

    @Test("One seed makes the same rows in every table, another one others")
    func sameSeed() async throws {
        var sums: [[String: String]] = []
        for seed in [7, 7, 8] {
            try await DemoFixture.with { pool in
                try await DemoFixture.run(seed: seed, cinemas: 4, orders: 700, in: pool)
                sums.append(try await DemoFixture.checksum(of: pool))
            }
        }
        #expect(sums[0] == sums[1])
        #expect(sums[0]["orders"] != sums[2]["orders"])
    }

    @Test("A second run changes nothing, another size or day of the same seed is refused, and another seed makes more beside it")
    func again() async throws {
        try await DemoFixture.with { pool in
            let day = try #require(DemoFixture.day)
            try await DemoFixture.run(in: pool)
            let before = try await DemoFixture.checksum(of: pool)
            #expect(try await DemoFixture.run(in: pool) == nil)
            // Tomorrow's run, for which nobody has said a day.
            #expect(try await DemoFixture.run(day: day.adding(days: 1), isDayGiven: false, in: pool) == nil)
            let made = try DemoDataRequest(seed: 7, cinemas: 6, orders: 900, day: day)
            await #expect(throws: DemoDataFault.otherData(made)) { try await DemoFixture.run(orders: 901, in: pool) }
            await #expect(throws: DemoDataFault.otherData(made)) { try await DemoFixture.run(cinemas: 7, in: pool) }
            await #expect(throws: DemoDataFault.otherData(made)) { try await DemoFixture.run(day: day.adding(days: 1), in: pool) }
            #expect(try await DemoFixture.checksum(of: pool) == before)
            #expect(try await DemoFixture.run(seed: 8, in: pool) != nil)
            #expect(try await count("SELECT count(*) FROM orders", in: pool) == 1_800)
            try await expectDemoBooks(in: pool, standingStillAt: day)
        }
    }

    @Test("A run takes its numbers beside others that take theirs")
    func numbers() async throws {
        try await DemoFixture.with { pool in
            let world = try await BookingWorld(in: pool)
            try await DemoFixture.run(in: pool)
            // Whoever adds a row afterwards gets a number that nobody has.
            _ = try await BookingWorld(in: pool)
            #expect(try await count("SELECT count(*) FROM showtimes WHERE id = \(world.showtimeIDs[0])", in: pool) == 1)
        }
    }

    @Test("A run that is cancelled or fails leaves nothing, and another one makes it all")
    func interrupted() async throws {
        try await DemoFixture.with { pool in
            let before = try await DemoFixture.checksum(of: pool)
            // The last table of all waits.
            let held = try await HeldLock("LOCK TABLE demo_data_runs IN SHARE MODE", in: pool.configuration.connection)
            let run = Task { try await DemoFixture.run(in: pool) }
            _ = try await held.blocked()
            run.cancel()
            await #expect(throws: (any Error).self) { try await run.value }
            await held.release()
            #expect(try await DemoFixture.checksum(of: pool) == before)
            try await pool.execute("ALTER TABLE showtime_figures ADD CONSTRAINT none CHECK (tickets < 0)")
            await #expect(throws: PostgresError.self) { try await DemoFixture.run(in: pool) }
            #expect(try await DemoFixture.checksum(of: pool) == before)
            try await pool.execute("ALTER TABLE showtime_figures DROP CONSTRAINT none")
            #expect(try await DemoFixture.run(in: pool) != nil)
            try await expectDemoBooks(in: pool, standingStillAt: try #require(DemoFixture.day))
        }
    }

    @Test("While another process makes data a run is refused")
    func busy() async throws {
        try await DemoFixture.with { pool in
            let held = try await HeldLock("LOCK TABLE demo_data_runs IN SHARE MODE", in: pool.configuration.connection)
            let first = Task { try await DemoFixture.run(in: pool) }
            _ = try await held.blocked()
            await #expect(throws: DemoDataFault.busy) { try await DemoFixture.run(seed: 8, in: pool) }
            await held.release()
            #expect(try await first.value != nil)
        }
    }

    @Test("Without cities there is nowhere to put cinemas")
    func noCities() async throws {
        try await withTestDatabase { pool in
            _ = await #expect(throws: DemoDataFault.noCities) { try await DemoFixture.run(in: pool) }
        }
    }

    @Test(
        "Few orders and many, few cinemas and many: all orders are made, and the books are right",
        arguments: [(1, 1), (1, 2_000), (40, 3), (1, 61)])
    func sizes(cinemas: Int, orders: Int) async throws {
        try await DemoFixture.with { pool in
            try await DemoFixture.run(cinemas: cinemas, orders: orders, in: pool)
            #expect(try await count("SELECT count(*) FROM orders", in: pool) == orders)
            #expect(try await count("SELECT count(*) FROM cinemas", in: pool) == cinemas)
            try await expectDemoBooks(in: pool, standingStillAt: try #require(DemoFixture.day))
        }
    }

    @Test(
        "What can't be made is refused with a sentence that says what can",
        arguments: [
            (-1, 1, 1), (0, 0, 1), (0, 1, 0), (0, 1, -5), (0, 10_001, 1), (0, 10_000, 10_000_001), (0, 1, 2_001), (1 << 32, 1, 1),
            (.max, .max, .max), (.min, .min, .min),
        ])
    func bounds(seed: Int, cinemas: Int, orders: Int) throws {
        let day = try #require(DemoFixture.day)
        let fault = #expect(throws: DemoDataFault.self) { try DemoDataRequest(seed: seed, cinemas: cinemas, orders: orders, day: day) }
        #expect(fault?.description.contains { $0.isNumber } == true)
    }

    @Test("Shares are all of the orders, whatever the weights")
    func shares() {
        for (orders, weights) in [(10, [1, 1, 1]), (1, [0, 0, 5]), (10_000_000, Array(repeating: 9_999, count: 1_000)), (7, [3])] {
            let shares = DemoShares(of: orders, weights: weights)
            let parts = weights.indices.map { shares.share($0) }
            #expect(parts.reduce(0, +) == orders && parts.allSatisfy { $0 >= 0 })
        }
    }

    @Test("Names are plain lines, titles differ, and few of anything are from anywhere but here")
    func names() {
        var numbers = SeededNumbers(seed: 3, .movies)
        let titles = DemoNames.titles(40, using: &numbers)
        #expect(titles.count == 40 && Set(titles.map(\.text)).count == 40)
        #expect(titles.filter(\.isChinese).count == 30)
        let names =
            titles.map(\.text) + [true, false].flatMap { DemoNames.people(isChinese: $0) + DemoNames.companies(isChinese: $0) }
            + (1...50).flatMap { [DemoNames.merchant($0), DemoNames.cinema($0, in: "东城区")] }
        for name in names { #expect(name.isPlainLine && name == name.composed, "\(name)") }
    }
}
