import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Scheduling a showtime")
struct SchedulingTests {
    @Test("Everything that follows from hall, movie and cinema is written with it")
    func derives() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let showtime = try await fixture.schedule()
            #expect(showtime.startsAt == fixture.start)
            #expect(showtime.endsAt == fixture.start + (99 + 10) * 60)
            #expect(showtime.occupiedUntil == fixture.start + (99 + 25) * 60)
            #expect(showtime.businessDay == (try CinemaClock(timeZone: "Asia/Shanghai", dayEndsAtHour: 6).localDay(of: fixture.start)))
            #expect(showtime.serviceFeeFen == 300)
            #expect(showtime.layoutID == fixture.layoutID)
            #expect(showtime.merchantID == fixture.merchantID)
            #expect(showtime.prices == fixture.new.prices)
            #expect(showtime.state == .onSale)
            #expect(showtime.version == 1)
            #expect(showtime.cinemaName.hasPrefix("House of Tests"))
        }
    }

    @Test("The business day follows the cinema's own clock", arguments: ["Asia/Urumqi", "America/New_York"])
    func businessDay(zone: String) async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool, timeZone: zone)
            let clock = try CinemaClock(timeZone: zone, dayEndsAtHour: 6)
            for hour in 0..<8 {
                let start = fixture.start + TimeInterval(hour) * 3 * 3600
                let showtime = try await fixture.schedule { $0.startsAt = start }
                #expect(showtime.businessDay == clock.businessDay(of: start))
            }
        }
    }

    @Test("A planned sale makes a planned showtime")
    func planned() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let showtime = try await fixture.schedule { ($0.saleOpensAt, $0.saleClosesAt) = ($0.startsAt - 3600, $0.startsAt + 600) }
            #expect(showtime.state == .planned)
            #expect(showtime.sale.closesAt == fixture.start + 600)
        }
    }

    @Test("A movie, hall or price that doesn't fit is refused and leaves nothing")
    func refusals() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let gone = try await ScreeningFixture.movie(pool)
            try await pool.execute("UPDATE movies SET deleted_at = clock_timestamp() WHERE id = \(gone)")
            let closed = try await ScreeningFixture.cinema(pool, merchantID: fixture.merchantID)
            let closedHall = try await ScreeningFixture.hall(pool, cinemaID: closed)
            try await pool.execute("UPDATE cinemas SET deleted_at = clock_timestamp() WHERE id = \(closed)")
            let cases: [(Refusal, (inout NewShowtime) -> Void)] = [
                (.hallUnknown, { $0.hallID = 999_999 }),
                (.hallUnknown, { $0.hallID = closedHall.hallID }),
                (.movieUnknown, { $0.movieID = 999_999 }),
                (.movieUnknown, { $0.movieID = gone }),
                (.showtimeInPast, { $0.startsAt = Date() - 1 }),
                (.showtimeTooFar, { $0.startsAt = Date() + 366 * 86_400 }),
                (.formatNotSupported, { $0.format = "IMAX" }),
                (.languageNotAvailable, { $0.language = "Français" }),
                (.priceMissing(zone: "vip"), { $0.prices.removeLast() }),
                // Nobody can buy a seat there.
                (.zoneUnknown(at: 2), { $0.prices.append(ZonePrice(zone: "staff", priceFen: 4500)) }),
                (.priceBelowMinimum(at: 0, minimum: 3000), { $0.prices[0] = ZonePrice(zone: "standard", priceFen: 2999) }),
                (.saleWindowInvalid, { $0.saleOpensAt = $0.startsAt }),
            ]
            for (refusal, change) in cases {
                await expectRefusal(refusal.code) { try await fixture.schedule(change) }
            }
            #expect(try await fixture.showtimeCount() == 0)
        }
    }

    @Test("An unverified merchant can't schedule, nor can an administrator for it, nor anybody in another's hall")
    func merchants() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let other = try await ScreeningFixture.merchant(pool, verified: true)
            await #expect(throws: Refusal.hallUnknown) { try await fixture.schedule(as: other) }
            try await pool.execute("UPDATE merchants SET verified_at = NULL WHERE id = \(fixture.merchantID)")
            await #expect(throws: Refusal.merchantNotVerified) { try await fixture.schedule() }
            await #expect(throws: Refusal.merchantNotVerified) {
                try await pool.withTransaction { _ = try await fixture.screenings.schedule(fixture.new, scope: .everybody, in: $0) }
            }
            #expect(try await fixture.showtimeCount() == 0)
            try await pool.execute("UPDATE merchants SET verified_at = clock_timestamp() WHERE id = \(fixture.merchantID)")
            try await pool.withTransaction { _ = try await fixture.screenings.schedule(fixture.new, scope: .everybody, in: $0) }
            #expect(try await fixture.showtimeCount() == 1)
        }
    }

    @Test("Only a granted right counts, and only on its days by the cinema's clock")
    func rights() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let movie = try await ScreeningFixture.movie(pool)
            for state in ["requested", "refused", "revoked"] {
                try await fixture.grant(movieID: movie, from: fixture.start - 86_400, to: fixture.start + 86_400, state: state)
                await expectRefusal(Refusal.screeningRightMissing.code) { try await fixture.schedule { $0.movieID = movie } }
            }
            // One day alone; noon UTC is that day's evening in Shanghai.
            let right = try await fixture.grant(movieID: movie, from: fixture.start, to: fixture.start)
            let showtime = try await fixture.schedule { $0.movieID = movie }
            #expect(showtime.screeningRightID == right)
            // In Shanghai the day is from 16:00 to 16:00 UTC.
            let midnight = fixture.start + 4 * 3600
            await expectRefusal(Refusal.screeningRightMissing.code) {
                try await fixture.schedule { ($0.movieID, $0.startsAt) = (movie, midnight) }
            }
            await expectRefusal(Refusal.screeningRightMissing.code) {
                try await fixture.schedule { ($0.movieID, $0.startsAt) = (movie, midnight - 86_401) }
            }
            try await fixture.schedule { ($0.movieID, $0.startsAt) = (movie, midnight - 86_400) }
            #expect(try await fixture.showtimeCount() == 2)
        }
    }

    @Test("A showtime before the release day, by the cinema's clock, has to be called a preview, when it is scheduled and when it moves")
    func previews() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            // Eight in the evening in Shanghai; from midnight on, four hours later, it is the release day.
            try await pool.execute("UPDATE movies SET release_date = (\(fixture.start)::timestamptz AT TIME ZONE 'UTC')::date + 1")
            await expectRefusal(Refusal.beforeRelease.code) { try await fixture.schedule() }
            await expectRefusal(Refusal.beforeRelease.code) { try await fixture.schedule { $0.startsAt += 4 * 3600 - 1 } }
            let first = try await fixture.schedule { $0.startsAt += 4 * 3600 }
            #expect(!first.isPreview)
            await expectRefusal(Refusal.beforeRelease.code) { try await fixture.change(first.id, ShowtimeChange(startsAt: fixture.start)) }
            let preview = try await fixture.change(first.id, ShowtimeChange(startsAt: fixture.start, isPreview: true))
            #expect(preview.isPreview)
            #expect(preview.version == 2)
            await expectRefusal(Refusal.beforeRelease.code) { try await fixture.change(first.id, ShowtimeChange(isPreview: false)) }
            let moved = try await fixture.change(first.id, ShowtimeChange(startsAt: fixture.start + 86_400, isPreview: false))
            #expect(!moved.isPreview)
            #expect(try await fixture.schedule { $0.isPreview = true }.isPreview)
            // What is shown before may be called otherwise even when seats are sold; when it is shown may not change.
            let other = try await fixture.schedule { $0.startsAt += 2 * 86_400 }
            try await fixture.order(showtimeID: other.id, state: "paid", seats: [(try await fixture.seatIDs()[0], 4500)])
            #expect(try await fixture.change(other.id, ShowtimeChange(isPreview: true)).isPreview)
        }
    }

    @Test("A movie that has ended gets no new showtimes, and those that it has don't move; their sale can still be closed")
    func endedMovie() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let id = try await fixture.schedule().id
            try await pool.execute("UPDATE movies SET pinned_state = 'ended'")
            let later = fixture.start + 86_400
            await #expect(throws: Refusal.movieEnded) { try await fixture.schedule { $0.startsAt = later } }
            await #expect(throws: Refusal.movieEnded) { try await fixture.change(id, ShowtimeChange(startsAt: later)) }
            #expect(try await fixture.change(id, ShowtimeChange(startsAt: fixture.start, closed: true)).sale.closedAt != nil)
            for state in ["coming", "showing"] {
                try await pool.execute("UPDATE movies SET pinned_state = \(state)")
                try await fixture.schedule { $0.startsAt = state == "coming" ? later : later + 86_400 }
            }
            #expect(try await fixture.change(id, ShowtimeChange(startsAt: later + 2 * 86_400)).startsAt == later + 2 * 86_400)
            #expect(try await fixture.showtimeCount() == 3)
            // What has ended by itself goes on.
            try await pool.execute("UPDATE movies SET pinned_state = NULL, release_date = '2001-01-01'")
            try await fixture.schedule { $0.startsAt = later + 3 * 86_400 }
        }
    }

    @Test("Showtimes from before the rules are taken over: early ones become previews, and ends include the trailers")
    func migration() async throws {
        let before = try #require(Migrations.all.firstIndex { $0.name == "showtime_rules" })
        try await withTestDatabase(.first(before)) { pool in
            let world = try await BookingWorld(in: pool, showtimes: 3)
            // Begun; on the last day before the release; on the release day.
            try await pool.execute(
                """
                UPDATE showtimes
                SET starts_at = moved.starts_at,
                    ends_at = moved.starts_at + INTERVAL '99 minutes',
                    occupied_until = moved.starts_at + INTERVAL '106 minutes'
                FROM (
                    VALUES
                        (\(world.showtimeIDs[0])::bigint, now() - INTERVAL '1 minute'),
                        (\(world.showtimeIDs[1]), (CURRENT_DATE + 10)::timestamp AT TIME ZONE 'Asia/Shanghai' - INTERVAL '1 second'),
                        (\(world.showtimeIDs[2]), (CURRENT_DATE + 10)::timestamp AT TIME ZONE 'Asia/Shanghai' + INTERVAL '3 hours')
                ) AS moved (id, starts_at)
                WHERE showtimes.id = moved.id
                """)
            try await pool.execute("UPDATE movies SET release_date = CURRENT_DATE + 10")
            try await pool.execute("UPDATE cinemas SET trailers_min = 5")
            _ = try await Migrator(migrations: Migrations.all).migrate(pool)
            let rows = try await pool.rows(
                """
                SELECT preview, extract(EPOCH FROM ends_at - starts_at)::bigint / 60 AS minutes
                FROM showtimes
                ORDER BY id
                """
            ) { (isPreview: try $0["preview"] as Bool, minutes: try $0["minutes"] as Int64) }
            #expect(rows.map(\.isPreview) == [true, true, false])
            #expect(rows.map(\.minutes) == [99, 104, 104])
        }
    }

    @Test("Two showtimes never overlap in a hall, trailers and cleaning included")
    func overlap() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let first = try await fixture.schedule()
            let length = first.occupiedUntil.timeIntervalSince(first.startsAt)
            for offset in [0, 1, -1, length - 1, 1 - length] {
                await #expect(throws: Refusal.hallOccupied) { try await fixture.schedule { $0.startsAt = first.startsAt + offset } }
            }
            try await fixture.schedule { $0.startsAt = first.occupiedUntil }
            try await fixture.schedule { $0.startsAt = first.startsAt - length }
            let other = try await ScreeningFixture.hall(pool, cinemaID: fixture.cinemaID)
            try await fixture.schedule { $0.hallID = other.hallID }
            #expect(try await fixture.showtimeCount() == 4)
        }
    }

    @Test("Of 20 that want the same slot at the same moment exactly one gets it")
    func race() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let outcomes = await outcomes(0..<20) { _ in try await fixture.schedule() }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.hallOccupied.code])
            #expect(outcomes.errors.isEmpty)
            #expect(try await fixture.showtimeCount() == 1)
        }
    }
}
