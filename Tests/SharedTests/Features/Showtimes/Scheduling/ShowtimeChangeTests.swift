import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing
import Text

@Suite("Changing a showtime")
struct ShowtimeChangeTests {
    @Test("Only what is sent changes, and each change raises the version")
    func merges() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule()
            let prices = [ZonePrice(zone: "standard", priceFen: 5000), ZonePrice(zone: "vip", priceFen: 9000)]
            let priced = try await fixture.change(old.id, ShowtimeChange(prices: prices), version: 1)
            #expect(priced.prices == prices)
            #expect(priced.version == 2)
            #expect((priced.startsAt, priced.language) == (old.startsAt, old.language))
            let moved = try await fixture.change(old.id, ShowtimeChange(startsAt: old.startsAt + 86_400, language: "English"), version: 2)
            #expect(moved.endsAt == old.endsAt + 86_400)
            #expect(moved.occupiedUntil == old.occupiedUntil + 86_400)
            #expect(moved.businessDay == old.businessDay.adding(days: 1))
            #expect((moved.language, moved.version) == ("English", 3))
            #expect(moved.prices == prices)
        }
    }

    @Test("Sending back what is so already changes nothing, not even the version")
    func nothing() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule()
            let same = ShowtimeChange(
                startsAt: old.startsAt, format: old.format, language: old.language, prices: old.prices.reversed(), refusesOrphans: false,
                saleOpensAt: .some(nil), saleClosesAt: .some(nil), closed: false
            )
            #expect(try await fixture.change(old.id, same) == old)
            #expect(try await fixture.change(old.id, ShowtimeChange()).version == 1)
        }
    }

    @Test("A stale copy, another merchant and an unknown showtime are refused")
    func whose() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule()
            let other = try await ScreeningFixture.merchant(pool, verified: true)
            let close = ShowtimeChange(closed: true)
            await #expect(throws: Refusal.stale) { try await fixture.change(old.id, close, version: 2) }
            await #expect(throws: Refusal.notFound) { try await fixture.change(999_999, close) }
            await #expect(throws: Refusal.notFound) {
                try await pool.withTransaction {
                    _ = try await fixture.screenings.change(old.id, close, scope: .merchant(other), version: 1, in: $0)
                }
            }
            await #expect(throws: Refusal.notFound) {
                try await pool.withTransaction {
                    try await fixture.screenings.cancel(old.id, scope: .merchant(other), version: 1, by: 1, in: $0)
                }
            }
            #expect(try await fixture.listing.showtime(old.id, in: pool) == old)
            // The platform's people may.
            let closed = try await pool.withTransaction {
                try await fixture.screenings.change(old.id, close, scope: .everybody, version: 1, in: $0)
            }
            #expect(closed.state == .closed)
        }
    }

    @Test("The sale is closed by hand and opened again, its times set and taken away")
    func sale() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let id = try await fixture.schedule().id
            #expect(try await fixture.change(id, ShowtimeChange(closed: true)).state == .closed)
            #expect(try await fixture.change(id, ShowtimeChange(closed: false)).state == .onSale)
            let planned = try await fixture.change(id, ShowtimeChange(saleOpensAt: fixture.start - 60, saleClosesAt: fixture.start + 60))
            #expect(planned.state == .planned)
            #expect(planned.sale.closesAt == fixture.start + 60)
            #expect(try await fixture.change(id, ShowtimeChange(saleOpensAt: .some(nil))).state == .onSale)
            await #expect(throws: Refusal.saleWindowInvalid) {
                try await fixture.change(id, ShowtimeChange(saleClosesAt: fixture.start + 110 * 60))
            }
            await #expect(throws: Refusal.saleWindowInvalid) {
                try await fixture.change(id, ShowtimeChange(saleOpensAt: fixture.start + 60))
            }
        }
    }

    @Test("The rules of scheduling hold for what changes")
    func rules() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule { $0.saleClosesAt = $0.startsAt + 600 }
            let next = try await fixture.schedule { $0.startsAt = old.occupiedUntil }
            let cases: [(Refusal, ShowtimeChange)] = [
                (.showtimeInPast, ShowtimeChange(startsAt: Date() - 60)),
                (.showtimeTooFar, ShowtimeChange(startsAt: Date() + 366 * 86_400)),
                (.screeningRightMissing, ShowtimeChange(startsAt: fixture.start + 100 * 86_400, saleClosesAt: .some(nil))),
                (.hallOccupied, ShowtimeChange(startsAt: next.startsAt + 60, saleClosesAt: .some(nil))),
                (.formatNotSupported, ShowtimeChange(format: "3D")),
                (.languageNotAvailable, ShowtimeChange(language: "Français")),
                (.priceMissing(zone: "standard"), ShowtimeChange(prices: [ZonePrice(zone: "vip", priceFen: 8000)])),
                (.priceBelowMinimum(at: 0, minimum: 3000), ShowtimeChange(prices: [ZonePrice(zone: "vip", priceFen: 1)])),
            ]
            for (refusal, change) in cases {
                await expectRefusal(refusal.code) { try await fixture.change(old.id, change) }
            }
            #expect(try await fixture.listing.showtime(old.id, in: pool) == old)
        }
    }

    @Test("A new layout of the hall leaves the zones of a scheduled showtime as they were")
    func layout() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule()
            let layout = try await pool.id("INSERT INTO hall_layouts (hall_id, version) VALUES (\(fixture.hallID), 2) RETURNING id")
            try await pool.execute(
                """
                INSERT INTO seats (layout_id, row_number, column_number, row_label, label, zone, kind)
                VALUES (\(layout), 1, 1, 'A', 'A1', 'sofa', 'standard')
                """
            )
            let prices = [ZonePrice(zone: "standard", priceFen: 3100), ZonePrice(zone: "vip", priceFen: 3200)]
            #expect(try await fixture.change(old.id, ShowtimeChange(prices: prices)).layoutID == fixture.layoutID)
            await #expect(throws: Refusal.zoneUnknown(at: 0)) {
                try await fixture.change(old.id, ShowtimeChange(prices: [ZonePrice(zone: "sofa", priceFen: 4500)]))
            }
            await #expect(throws: Refusal.zoneUnknown(at: 0)) { try await fixture.schedule { $0.startsAt = old.occupiedUntil } }
        }
    }

    @Test(
        "Once seats are sold or held only the sale changes",
        arguments: ["pending_payment", "paid_unconfirmed", "paid", "collected", "refunded"])
    func sold(state: String) async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule()
            try await fixture.order(showtimeID: old.id, state: state, seats: [(try await fixture.seatIDs()[0], 4500)])
            let changes = [
                ShowtimeChange(startsAt: old.startsAt + 60), ShowtimeChange(language: "English"), ShowtimeChange(refusesOrphans: true),
                ShowtimeChange(prices: [ZonePrice(zone: "standard", priceFen: 5000), ZonePrice(zone: "vip", priceFen: 8000)]),
            ]
            for change in changes {
                await #expect(throws: Refusal.showtimeHasOrders) { try await fixture.change(old.id, change) }
            }
            #expect(try await fixture.change(old.id, ShowtimeChange(saleClosesAt: old.startsAt - 600)).version == 2)
            #expect(try await fixture.change(old.id, ShowtimeChange(closed: true)).state == .closed)
        }
    }

    @Test("Orders that ended without a ticket don't hold a change up", arguments: ["cancelled", "expired"])
    func unsold(state: String) async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule()
            try await fixture.order(showtimeID: old.id, state: state, seats: [(try await fixture.seatIDs()[0], 4500)])
            try await pool.execute("UPDATE orders SET expires_at = clock_timestamp() - INTERVAL '61 minutes'")
            #expect(try await fixture.change(old.id, ShowtimeChange(language: "English")).language == "English")
        }
    }

    @Test("An order that expired a short while ago, which a late payment may revive, holds a change up")
    func revivable() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let old = try await fixture.schedule()
            try await fixture.order(showtimeID: old.id, state: "expired", seats: [(try await fixture.seatIDs()[0], 4500)])
            try await pool.execute("UPDATE orders SET expires_at = clock_timestamp() - INTERVAL '59 minutes'")
            await #expect(throws: Refusal.showtimeHasOrders) {
                try await fixture.change(old.id, ShowtimeChange(startsAt: old.startsAt + 60))
            }
        }
    }

    @Test("After the start only the sale changes, after cancelling nothing does")
    func over() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let started = try await fixture.schedule()
            try await pool.execute("UPDATE showtimes SET starts_at = clock_timestamp() - INTERVAL '1 minute' WHERE id = \(started.id)")
            await #expect(throws: Refusal.showtimeStarted) { try await fixture.change(started.id, ShowtimeChange(language: "English")) }
            #expect(try await fixture.change(started.id, ShowtimeChange(closed: true)).state == .closed)
            try await fixture.cancel(started.id)
            await #expect(throws: Refusal.showtimeCancelled) { try await fixture.change(started.id, ShowtimeChange(closed: false)) }
        }
    }

    @Test("Showtimes that are scheduled and moved into one slot at the same moment don't deadlock, and one gets it")
    func race() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            var elsewhere: [Int64] = []
            for number in 1...8 {
                elsewhere.append(try await fixture.schedule { $0.startsAt = fixture.start + Double(number) * 86_400 }.id)
            }
            let outcomes = await outcomes(elsewhere + [Int64](repeating: 0, count: 8)) { id in
                guard id == 0 else { return try await fixture.change(id, ShowtimeChange(startsAt: fixture.start)) }
                return try await fixture.schedule()
            }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.hallOccupied.code])
            #expect(outcomes.errors.isEmpty)
            #expect(try await count("SELECT count(*) FROM showtimes WHERE starts_at = \(fixture.start)", in: pool) == 1)
            #expect(
                try await count("SELECT deadlocks AS count FROM pg_stat_database WHERE datname = current_database()", in: pool) == 0)
        }
    }
}
