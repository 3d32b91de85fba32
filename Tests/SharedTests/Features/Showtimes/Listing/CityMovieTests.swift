import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("The movies of a city")
struct CityMovieTests {
    private let listing = ShowtimeListing()

    private func movies(_ filter: MovieFilter = MovieFilter(), in cityID: Int64, _ pool: PostgresPool) async throws -> [Movie] {
        try await PlacesFixture.all(2) { try await listing.movies(filter, cityID: cityID, page: $0, in: pool) }
    }

    /// Moves a showtime, so that it starts in some minutes.
    private func move(_ id: Int64, startsIn minutes: Int, _ pool: PostgresPool) async throws {
        try await pool.execute(
            """
            UPDATE showtimes
            SET starts_at = start.at,
                ends_at = start.at + INTERVAL '1 hour',
                occupied_until = start.at + INTERVAL '1 hour',
                business_day = ((start.at AT TIME ZONE cinemas.time_zone) - make_interval(hours => cinemas.day_ends_at_hour))::date
            FROM cinemas, (SELECT clock_timestamp() + \(minutes) * INTERVAL '1 minute' AS at) AS start
            WHERE showtimes.id = \(id)
                AND cinemas.id = showtimes.cinema_id
            """)
    }

    @Test("are those with a showtime to come there that is on sale, and tell what is on there today, as the list of showtimes does")
    func onSale() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            let elsewhere = try await ScreeningFixture.cinema(pool, merchantID: fixture.merchantID, cityID: 2)
            let (otherHall, _) = try await ScreeningFixture.hall(pool, cinemaID: elsewhere)
            let secondCinema = try await ScreeningFixture.cinema(pool, merchantID: fixture.merchantID)
            let (secondHall, _) = try await ScreeningFixture.hall(pool, cinemaID: secondCinema)
            // A movie in both cities, one that comes later, one elsewhere only, one nowhere.
            let later = try await ScreeningFixture.movie(pool)
            let away = try await ScreeningFixture.movie(pool)
            _ = try await ScreeningFixture.movie(pool)
            for movieID in [later, away] {
                try await fixture.grant(movieID: movieID, from: fixture.start - 30 * 86_400, to: fixture.start + 30 * 86_400)
            }
            var ids: [Int64] = []
            for (number, hallID) in [fixture.hallID, fixture.hallID, secondHall, otherHall].enumerated() {
                let id = try await fixture.schedule {
                    ($0.hallID, $0.startsAt) = (hallID, fixture.start + Double(number) * 86_400)
                }.id
                ids.append(id)
            }
            try await fixture.schedule { ($0.movieID, $0.startsAt) = (later, fixture.start + 8 * 86_400) }
            try await fixture.schedule { ($0.movieID, $0.hallID, $0.startsAt) = (away, otherHall, fixture.start + 9 * 86_400) }
            for (number, id) in ids.enumerated() { try await move(id, startsIn: 5 + 70 * number, pool) }

            /// What the list of showtimes says of today, by movie.
            func expected(_ cinemaIDs: Set<Int64>) async throws -> [Int64: ShowingsToday] {
                let clock = try CinemaClock(timeZone: "Asia/Shanghai", dayEndsAtHour: 6)
                let today = try await listing.upcoming(day: clock.businessDay(of: Date()), page: PageRequest(limit: 100), in: pool).items
                let onSale = today.filter { cinemaIDs.contains($0.cinemaID) && $0.state == .onSale }
                return Dictionary(grouping: onSale, by: \.movieID).mapValues {
                    ShowingsToday(showtimes: $0.count, cinemas: Set($0.map(\.cinemaID)).count)
                }
            }
            func check(_ ids: Set<Int64>, in cityID: Int64, _ cinemaIDs: Set<Int64>) async throws {
                let found = try await movies(in: cityID, pool)
                #expect(Set(found.map(\.id)) == ids && found.count == ids.count)
                let today = try await expected(cinemaIDs)
                for movie in found { #expect(movie.today == today[movie.id] ?? ShowingsToday(showtimes: 0, cinemas: 0)) }
            }
            let here: Set<Int64> = [fixture.cinemaID, secondCinema]
            try await check([fixture.movieID, later], in: 1, here)
            try await check([fixture.movieID, away], in: 2, [elsewhere])
            try await check([], in: 3, [])
            let everywhere = try await listing.movies(MovieFilter(), cityID: nil, page: PageRequest(), in: pool).items
            #expect(everywhere.count == 4 && everywhere.allSatisfy { $0.today == nil })

            // Whatever takes a showtime off sale takes it off the list.
            let changes: [(Query, Query)] = [
                ("UPDATE merchants SET verified_at = NULL", "UPDATE merchants SET verified_at = now()"),
                ("UPDATE screening_rights SET state = 'revoked'", "UPDATE screening_rights SET state = 'granted'"),
                ("UPDATE movies SET pinned_state = 'ended'", "UPDATE movies SET pinned_state = 'showing'"),
                ("UPDATE movies SET deleted_at = now()", "UPDATE movies SET deleted_at = NULL"),
                ("UPDATE cinemas SET deleted_at = now()", "UPDATE cinemas SET deleted_at = NULL"),
                ("UPDATE showtimes SET closed_at = now()", "UPDATE showtimes SET closed_at = NULL"),
                ("UPDATE showtimes SET sale_opens_at = now() + INTERVAL '1 minute'", "UPDATE showtimes SET sale_opens_at = NULL"),
                ("UPDATE showtimes SET sale_closes_at = now()", "UPDATE showtimes SET sale_closes_at = NULL"),
                ("UPDATE showtimes SET cancelled_at = now()", "UPDATE showtimes SET cancelled_at = NULL"),
            ]
            for (change, back) in changes {
                try await pool.execute(change)
                try await check([], in: 1, here)
                try await pool.execute(back)
                try await check([fixture.movieID, later], in: 1, here)
            }
            try await pool.execute("UPDATE showtimes SET closed_at = now() WHERE id = \(ids[0])")
            try await check([fixture.movieID, later], in: 1, here)
            try await move(ids[2], startsIn: -5, pool)
            try await check([fixture.movieID, later], in: 1, here)
        }
    }

    @Test("are sorted by the tickets that the city has bought lately, page by page")
    func popularity() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            try await pool.execute(
                "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (2, 'Two', '100002', 'TWO', 'T')")
            var ids = [fixture.movieID]
            for _ in 0..<4 { ids.append(try await ScreeningFixture.movie(pool)) }
            // Tickets of today here and elsewhere, and of a day that is too long ago.
            let tickets: [(here: Int, elsewhere: Int, before: Int)] = [(5, 0, 0), (9, 0, 0), (0, 50, 0), (5, 4, 0), (1, 0, 99)]
            for (number, id) in ids.enumerated() {
                try await fixture.grant(movieID: id, from: fixture.start - 30 * 86_400, to: fixture.start + 60 * 86_400)
                let (here, elsewhere, before) = tickets[number]
                for (place, (count, cityID, day)) in [(here, 1, 0), (elsewhere, 2, 0), (before, 1, -8)].enumerated() {
                    let showtime = try await fixture.schedule {
                        ($0.movieID, $0.startsAt) = (id, fixture.start + Double(3 * number + place) * 86_400)
                    }
                    try await pool.execute(
                        """
                        INSERT INTO showtime_figures (
                            showtime_id, business_day, movie_id, cinema_id, city_id, tickets, orders, box_office_fen, service_fee_fen
                        )
                        VALUES (
                            \(showtime.id), CURRENT_DATE + \(day)::integer, \(id), \(fixture.cinemaID), \(Int64(cityID)), \(count), 0, 0, 0
                        )
                        """)
                }
            }
            let filter = MovieFilter(order: .popularity)
            #expect(try await movies(filter, in: 1, pool).map(\.id) == [1, 3, 0, 4, 2].map { ids[$0] })
            let everywhere = try await PlacesFixture.all(2) { try await listing.movies(filter, cityID: nil, page: $0, in: pool) }
            #expect(everywhere.map(\.id) == [2, 3, 1, 0, 4].map { ids[$0] })
            let cursor = PageCursor(["-popularity", "many", "1"]).text
            await expectRefusal("cursor_invalid") {
                _ = try await listing.movies(filter, cityID: 1, page: PageRequest(cursor: cursor), in: pool)
            }
        }
    }

    @Test("are read by indexes")
    func plans() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for order in MovieFilter.Order.allCases {
                let filter = MovieFilter(state: .showing, order: order)
                let plan = try await fixture.plan(try CityMovieStore(run: MovieRun()).listing(filter, cityID: 1, page: PageRequest()))
                #expect(!plan.contains("Seq Scan"), "\(plan)")
            }
        }
    }
}
