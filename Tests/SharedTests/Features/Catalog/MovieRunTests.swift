import Callers
import Database
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Where a movie stands")
struct MovieRunTests {
    private struct Stage {
        let fixture: PlacesFixture
        let hall: Hall
        let today: CalendarDay

        init(_ pool: PostgresPool) async throws {
            fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            hall = try await fixture.hall(in: try await fixture.add(fixture.newCinema(), to: try await fixture.merchant()).id)
            today = try #require(
                try await pool.row("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AS today") {
                    try $0["today"] as CalendarDay
                })
        }

        func movie(releasedIn days: Int, pinned: MovieState? = nil) async throws -> Movie {
            var new = try fixture.newMovie(state: .showing)
            new.releaseDate = today.adding(days: days)
            new.state = pinned
            return try await fixture.add(new)
        }

        func state(_ movie: Movie) async throws -> MovieState {
            let state = try await fixture.catalog.movie(movie.id, in: fixture.pool).state
            // The lists say the same.
            for other in MovieState.allCases {
                let listed = try await fixture.catalog.movies(MovieFilter(state: other), page: PageRequest(limit: 100), in: fixture.pool)
                let found = try await fixture.catalog.movies(
                    MovieFilter(state: other, text: movie.title), page: PageRequest(limit: 100), in: fixture.pool)
                #expect(listed.items.contains { $0.id == movie.id } == (other == state))
                #expect(found.items.contains { $0.id == movie.id } == (other == state))
            }
            return state
        }
    }

    @Test("follows from its release: coming before, showing from that day on for 60 days, then ended")
    func days() async throws {
        try await withTestDatabase { pool in
            let stage = try await Stage(pool)
            for (days, state) in [(1, MovieState.coming), (400, .coming), (0, .showing), (-59, .showing), (-60, .ended), (-9_000, .ended)] {
                let movie = try await stage.movie(releasedIn: days)
                #expect(try await stage.state(movie) == state, "\(days)")
                #expect(movie.pinnedState == nil)
            }
            let short = Catalog(run: MovieRun(days: 1))
            let movie = try await stage.movie(releasedIn: -1)
            #expect(try await short.movie(movie.id, in: pool).state == .ended)
            #expect(try await stage.state(movie) == .showing)
        }
    }

    @Test("follows from showtimes to come: presale before the release while tickets are sold, and showing however late")
    func showtimes() async throws {
        try await withTestDatabase { pool in
            let stage = try await Stage(pool)
            let coming = try await stage.movie(releasedIn: 5)
            try await stage.fixture.showtime(of: coming, in: stage.hall, startsIn: -300)
            try await stage.fixture.showtime(of: coming, in: stage.hall, startsIn: 60, cancelled: true)
            #expect(try await stage.state(coming) == .coming)
            try await stage.fixture.showtime(of: coming, in: stage.hall, startsIn: 6_000)
            #expect(try await stage.state(coming) == .presale)
            let changes: [(Query, Query)] = [
                ("UPDATE showtimes SET sale_opens_at = now() + INTERVAL '1 day'", "UPDATE showtimes SET sale_opens_at = NULL"),
                ("UPDATE showtimes SET sale_closes_at = now()", "UPDATE showtimes SET sale_closes_at = NULL"),
                ("UPDATE showtimes SET closed_at = now()", "UPDATE showtimes SET closed_at = NULL"),
                ("UPDATE screening_rights SET state = 'revoked'", "UPDATE screening_rights SET state = 'granted'"),
                ("UPDATE screening_rights SET valid_to = '2020-01-02'", "UPDATE screening_rights SET valid_to = '2040-01-01'"),
                ("UPDATE merchants SET verified_at = NULL", "UPDATE merchants SET verified_at = now()"),
            ]
            for (change, back) in changes {
                try await pool.execute(change)
                #expect(try await stage.state(coming) == .coming, "\(change)")
                try await pool.execute(back)
                #expect(try await stage.state(coming) == .presale, "\(back)")
            }

            let old = try await stage.movie(releasedIn: -9_000)
            try await stage.fixture.showtime(of: old, in: stage.hall, startsIn: -600)
            #expect(try await stage.state(old) == .ended)
            try await stage.fixture.showtime(of: old, in: stage.hall, startsIn: 1_000)
            #expect(try await stage.state(old) == .showing)
        }
    }

    @Test("is what somebody has pinned, until it is unpinned; other changes leave it")
    func pinned() async throws {
        try await withTestDatabase { pool in
            let stage = try await Stage(pool)
            let movie = try await stage.movie(releasedIn: -1, pinned: .presale)
            #expect(try await stage.state(movie) == .presale)
            #expect(movie.pinnedState == .presale)
            let change: @Sendable (MovieChange) async throws -> Movie = { change in
                try await pool.withTransaction { try await stage.fixture.catalog.changeMovie(movie.id, version: nil, change, in: $0) }.movie
            }
            #expect(try await change(MovieChange(title: "Other")).pinnedState == .presale)
            let unpinned = try await change(MovieChange(state: .some(nil)))
            #expect(unpinned.state == .showing && unpinned.pinnedState == nil)
            let ended = try await change(MovieChange(state: .some(.ended)))
            #expect(ended.state == .ended && ended.pinnedState == .ended)
        }
    }

    @Test("stays as it was stored before states followed, but for imported movies that nobody has edited")
    func migration() async throws {
        let before = try #require(Migrations.all.firstIndex { $0.name == "movie_states" })
        try await withTestDatabase(.first(before)) { pool in
            try await pool.execute(
                """
                INSERT INTO movies (title, external_id, duration_min, release_date, formats, languages, minimum_price_fen, state)
                SELECT movie.title, movie.external_id, 99, DATE '2026-01-01', '{2D}', '{Mandarin}', 3000, movie.state
                FROM (
                    VALUES
                        ('own, to come', NULL, 'coming'),
                        ('own, ended', NULL, 'ended'),
                        ('imported', 'tt1', 'ended'),
                        ('imported and edited', 'tt2', 'showing'),
                        ('imported, after which another was edited', 'tt22', 'showing'),
                        ('imported, and only looked after', 'tt3', 'showing')
                ) AS movie (title, external_id, state)
                """)
            try await pool.execute(
                """
                INSERT INTO audit_events (action, subject)
                SELECT done.action, 'movie:' || movies.id
                FROM movies
                JOIN (
                    VALUES
                        ('tt2', 'movie.changed'),
                        ('tt2', 'movie.changed'),
                        ('tt3', 'movie.imported')
                ) AS done (external_id, action) ON done.external_id = movies.external_id
                """)
            _ = try await Migrator(migrations: Migrations.all).migrate(pool)
            let pinned = try await pool.rows("SELECT pinned_state FROM movies ORDER BY id") { try $0["pinned_state"] as String? }
            #expect(pinned == ["coming", "ended", nil, "showing", nil, nil])
        }
    }

    @Test("is looked up by the index on the showtimes' movie and start")
    func plan() async throws {
        try await withTestDatabase { pool in
            let plan = try await PlacesFixture(pool: pool).plan(
                try MovieListStore(run: MovieRun()).listing(MovieFilter(state: .presale), page: PageRequest()))
            #expect(!plan.contains("Seq Scan") && plan.contains("showtimes_movie_index"), "\(plan)")
        }
    }
}
