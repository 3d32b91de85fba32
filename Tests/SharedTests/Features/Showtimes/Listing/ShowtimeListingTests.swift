import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("What is on")
struct ShowtimeListingTests {
    private func all(_ fixture: ScreeningFixture, limit: Int = 3) async throws -> [Int64] {
        var ids: [Int64] = []
        var cursor: String?
        repeat {
            let page = try await fixture.listing.upcoming(page: PageRequest(limit: limit, cursor: cursor), in: fixture.pool)
            ids += page.items.map(\.id)
            cursor = page.next
        } while cursor != nil
        return ids
    }

    @Test("It is listed by start, page by page, nothing twice and nothing left out, down to the microsecond")
    func pages() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            var expected: [Int64] = []
            for number in 0..<7 {
                // All within a few microseconds, some at the same one.
                let hall = try await ScreeningFixture.hall(pool, cinemaID: fixture.cinemaID)
                let showtime = try await fixture.schedule {
                    ($0.hallID, $0.startsAt) = (hall.hallID, fixture.start + Double(number / 2) * 0.000_001)
                }
                expected.append(showtime.id)
            }
            #expect(try await all(fixture, limit: 1) == expected)
            #expect(try await all(fixture, limit: 3) == expected)
            #expect(try await all(fixture, limit: 7) == expected)
            await #expect(throws: Refusal.cursorInvalid) {
                try await fixture.listing.upcoming(page: PageRequest(cursor: PageCursor(["soon", "1"]).text), in: pool)
            }
        }
    }

    @Test("Cancelled and started showtimes, and those of unverified merchants, are left out for moviegoers alone")
    func hidden() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let on = try await fixture.schedule()
            let cancelled = try await fixture.schedule { $0.startsAt = fixture.start + 86_400 }
            try await fixture.cancel(cancelled.id)
            let started = try await fixture.schedule { $0.startsAt = fixture.start + 2 * 86_400 }
            try await pool.execute(
                """
                UPDATE showtimes
                SET starts_at = clock_timestamp() - INTERVAL '1 minute',
                    ends_at = clock_timestamp() + INTERVAL '1 hour',
                    occupied_until = clock_timestamp() + INTERVAL '2 hours'
                WHERE id = \(started.id)
                """
            )
            #expect(try await all(fixture) == [on.id])
            let mine = ShowtimeFilter(merchantID: fixture.merchantID)
            #expect(
                try await fixture.listing.showtimes(mine, page: PageRequest(), in: pool).items.map(\.id) == [
                    started.id, on.id, cancelled.id,
                ])
            let upcoming = ShowtimeFilter(merchantID: fixture.merchantID, isUpcoming: true)
            #expect(
                try await fixture.listing.showtimes(upcoming, page: PageRequest(), in: pool).items.map(\.id) == [on.id, cancelled.id])
            try await pool.execute("UPDATE merchants SET verified_at = NULL WHERE id = \(fixture.merchantID)")
            #expect(try await all(fixture).isEmpty)
            #expect(try await fixture.listing.showtimes(mine, page: PageRequest(), in: pool).items.count == 3)
            #expect(try await fixture.listing.showtimes(ShowtimeFilter(merchantID: 999), page: PageRequest(), in: pool).items.isEmpty)
        }
    }

    private static let zones = ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"]

    /// Showtimes of two days, three hours apart, in a cinema whose business day ends at some hour.
    private func spread(_ pool: PostgresPool, zone: String, dayEndsAtHour: Int) async throws -> (ScreeningFixture, [Showtime]) {
        let fixture = try await ScreeningFixture(pool, timeZone: zone)
        try await pool.execute("UPDATE cinemas SET day_ends_at_hour = \(dayEndsAtHour)")
        var showtimes: [Showtime] = []
        for number in 0..<16 {
            showtimes.append(try await fixture.schedule { $0.startsAt = fixture.start + Double(number) * 3 * 3600 })
        }
        return (fixture, showtimes)
    }

    @Test("A day is the business day of each cinema's own clock", arguments: zones, [0, 6, 12])
    func businessDay(zone: String, hour: Int) async throws {
        try await withTestDatabase { pool in
            let (fixture, showtimes) = try await spread(pool, zone: zone, dayEndsAtHour: hour)
            let clock = try CinemaClock(timeZone: zone, dayEndsAtHour: hour)
            let days = Dictionary(grouping: showtimes) { clock.businessDay(of: $0.startsAt) }
            for (day, expected) in days {
                let page = try await fixture.listing.upcoming(day: day, page: PageRequest(limit: 100), in: pool)
                #expect(page.items.map(\.id) == expected.map(\.id))
                #expect(page.items.allSatisfy { $0.businessDay == day && $0.timeZone == zone })
            }
        }
    }

    @Test("A calendar day is the day of each cinema's own clock, whenever its business day ends", arguments: zones, [0, 12])
    func calendarDay(zone: String, hour: Int) async throws {
        try await withTestDatabase { pool in
            let (fixture, showtimes) = try await spread(pool, zone: zone, dayEndsAtHour: hour)
            let clock = try CinemaClock(timeZone: zone, dayEndsAtHour: hour)
            let days = Dictionary(grouping: showtimes) { clock.localDay(of: $0.startsAt) }
            for (day, expected) in days {
                let page = try await fixture.listing.upcoming(calendarDay: day, page: PageRequest(limit: 100), in: pool)
                #expect(page.items.map(\.id) == expected.map(\.id))
            }
        }
    }

    @Test("A showtime that can't be sold now doesn't say that it is on sale: unverified, without its right, or of a movie that has ended")
    func sellable() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let id = try await fixture.schedule().id
            let planned = try await fixture.schedule { ($0.startsAt, $0.saleOpensAt) = ($0.startsAt + 86_400, $0.startsAt) }.id
            func states() async throws -> [ShowtimeState] {
                let managed = try await fixture.listing.showtimes(ShowtimeFilter(), page: PageRequest(), in: pool).items
                #expect(managed.map(\.id) == [id, planned])
                for showtime in managed { #expect(try await fixture.listing.showtime(showtime.id, in: pool).state == showtime.state) }
                return managed.map(\.state)
            }
            #expect(try await states() == [.onSale, .planned])
            let changes: [(Query, Query)] = [
                ("UPDATE merchants SET verified_at = NULL", "UPDATE merchants SET verified_at = now()"),
                ("UPDATE screening_rights SET state = 'revoked'", "UPDATE screening_rights SET state = 'granted'"),
                ("UPDATE screening_rights SET valid_to = valid_from", "UPDATE screening_rights SET valid_to = valid_from + 60"),
                ("UPDATE movies SET pinned_state = 'ended'", "UPDATE movies SET pinned_state = 'showing'"),
            ]
            for (change, back) in changes {
                try await pool.execute(change)
                #expect(try await states() == [.closed, .closed])
                try await pool.execute(back)
                #expect(try await states() == [.onSale, .planned])
            }
        }
    }

    @Test("Filters by cinema, hall and movie")
    func filters() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let first = try await fixture.schedule()
            let cinema = try await ScreeningFixture.cinema(pool, merchantID: fixture.merchantID)
            let hall = try await ScreeningFixture.hall(pool, cinemaID: cinema)
            let movie = try await ScreeningFixture.movie(pool)
            try await fixture.grant(movieID: movie, from: fixture.start, to: fixture.start)
            let second = try await fixture.schedule { ($0.hallID, $0.movieID) = (hall.hallID, movie) }
            func ids(_ filter: ShowtimeFilter) async throws -> [Int64] {
                try await fixture.listing.showtimes(filter, page: PageRequest(), in: pool).items.map(\.id)
            }
            #expect(try await ids(ShowtimeFilter(cinemaID: fixture.cinemaID)) == [first.id])
            #expect(try await ids(ShowtimeFilter(hallID: hall.hallID)) == [second.id])
            #expect(try await ids(ShowtimeFilter(movieID: movie)) == [second.id])
            #expect(try await ids(ShowtimeFilter(cinemaID: cinema, movieID: fixture.movieID)).isEmpty)
            #expect(try await ids(ShowtimeFilter()) == [first.id, second.id])
        }
    }
}
