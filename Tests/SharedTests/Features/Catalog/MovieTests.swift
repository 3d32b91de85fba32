import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Movies")
struct MovieTests {
    @Test("are added with company and people in order, read back, and changed field by field")
    func writing() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let catalog = fixture.catalog
            let company = try await pool.withTransaction { try await catalog.addCompany(name: "New Picture", in: $0) }
            var new = try fixture.newMovie()
            new.companyID = company.id
            new.genres = ["Action", "武侠"]
            new.people = [
                NewCredit(name: "Zhang Yimou", role: .director), NewCredit(name: "Jet Li", role: .actor, character: "Nameless"),
                NewCredit(name: "Zhang Yimou", role: .actor),
            ]
            new.companies = [
                NewMovieCompany(companyID: company.id, role: .production), NewMovieCompany(name: "Elite", role: .distribution),
            ]
            let added = try await pool.withTransaction { [new] in try await catalog.addMovie(new, in: $0) }
            #expect(added.people.map(\.name) == ["Zhang Yimou", "Jet Li", "Zhang Yimou"])
            #expect(added.people.map(\.role) == [.director, .actor, .actor])
            #expect(added.people.map(\.character) == [nil, "Nameless", nil])
            #expect(added.people[0].personID == added.people[2].personID)
            #expect(added.companies.map(\.name) == ["New Picture", "Elite"])
            #expect(added.companies.map(\.role) == [.production, .distribution])
            #expect(added.movie.companyName == "New Picture")
            #expect(added.movie.genres == new.genres)
            #expect(added.movie.version == 1)
            #expect(try await catalog.detail(added.movie.id, in: pool) == added)

            let change = MovieChange(companyID: .some(nil), state: .some(.ended), people: [NewCredit(name: "Jet Li", role: .actor)])
            let changed = try await pool.withTransaction { try await catalog.changeMovie(added.movie.id, version: 1, change, in: $0) }
            #expect(changed.movie.companyID == nil)
            #expect(changed.movie.state == .ended)
            #expect(changed.movie.title == "Hero")
            #expect(changed.movie.version == 2)
            #expect(
                changed.people
                    == [Credit(personID: added.people[1].personID, name: "Jet Li", role: .actor, character: nil, portrait: nil)])
            #expect(changed.companies == added.companies)

            let nothing = try await pool.withTransaction {
                try await catalog.changeMovie(added.movie.id, version: 2, MovieChange(), in: $0)
            }
            #expect(nothing.people == changed.people)
            #expect(nothing.movie.title == "Hero")
        }
    }

    @Test("refuse an unknown company, blank names and repetitions, and then nothing is changed")
    func refusals() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let movie = try await fixture.add(try fixture.newMovie())
            let change: @Sendable (MovieChange) async throws -> Void = { change in
                _ = try await pool.withTransaction { try await fixture.catalog.changeMovie(movie.id, version: nil, change, in: $0) }
            }
            await expectRefusal("company_unknown") { try await change(MovieChange(title: "x", companyID: 99)) }
            await expectRefusal("name_invalid") { try await change(MovieChange(title: " Hero")) }
            await expectRefusal("repeated") { try await change(MovieChange(formats: ["2D", "3D", "2D"])) }
            await expectRefusal("name_invalid") { try await change(MovieChange(languages: ["a\u{7}b"])) }
            let twice = [NewCredit(name: "A", role: .actor), NewCredit(name: "A", role: .actor)]
            await expectRefusal("repeated") { try await change(MovieChange(people: twice)) }
            await expectRefusal("not_found") {
                _ = try await pool.withTransaction { try await fixture.catalog.changeMovie(99, version: nil, MovieChange(), in: $0) }
            }
            await expectRefusal("stale") {
                _ = try await pool.withTransaction { try await fixture.catalog.changeMovie(movie.id, version: 5, MovieChange(), in: $0) }
            }
            #expect(try await fixture.catalog.movie(movie.id, in: pool) == movie)
        }
    }

    @Test("can be deleted once no showtime is to come or running, and are gone everywhere then")
    func deleting() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let hall = try await fixture.hall(in: try await fixture.add(fixture.newCinema(), to: try await fixture.merchant()).id)
            let movie = try await fixture.add(try fixture.newMovie())
            let delete: @Sendable (Int64?) async throws -> Void = { version in
                try await pool.withTransaction { try await fixture.catalog.deleteMovie(movie.id, version: version, in: $0) }
            }
            try await fixture.showtime(of: movie, in: hall, startsIn: -300)
            let coming = try await fixture.showtime(of: movie, in: hall, startsIn: 60)
            await expectRefusal("movie_in_use") { try await delete(nil) }
            try await pool.execute("UPDATE showtimes SET cancelled_at = clock_timestamp() WHERE id = \(coming)")
            await expectRefusal("stale") { try await delete(2) }
            try await delete(1)
            await expectRefusal("not_found") { try await delete(nil) }
            await expectRefusal("not_found") { _ = try await fixture.catalog.detail(movie.id, in: pool) }
            #expect(try await pool.withTransaction { try await fixture.catalog.movieForScheduling(movie.id, in: $0) } == nil)
            #expect(try await fixture.catalog.movies(page: PageRequest(), in: pool).items.isEmpty)
        }
    }

    @Test("are listed in every order, page by page, with ids where the rest is equal", arguments: MovieFilter.Order.allCases)
    func order(order: MovieFilter.Order) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            var movies: [Movie] = []
            for index in 0..<9 {
                let title = ["B", "A", "C"][index % 3]
                movies.append(try await fixture.add(try fixture.newMovie(title, released: "200\(index % 4)-01-01")))
            }
            let expected: [Movie] =
                switch order {
                case .newest, .relevance: movies.sorted { ($1.releaseDate, $1.id) < ($0.releaseDate, $0.id) }
                case .oldest: movies.sorted { ($0.releaseDate, $0.id) < ($1.releaseDate, $1.id) }
                case .title: movies.sorted { ($0.title, $0.id) < ($1.title, $1.id) }
                // Nobody has bought a ticket.
                case .popularity: movies.sorted { $1.id < $0.id }
                }
            let listed = try await PlacesFixture.all(2) { try await fixture.catalog.movies(MovieFilter(order: order), page: $0, in: pool) }
            #expect(listed == expected)
        }
    }

    @Test("refuse a cursor of another order")
    func foreignCursor() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for _ in 0..<2 { _ = try await fixture.add(try fixture.newMovie()) }
            let cursor = try #require(try await fixture.catalog.movies(page: PageRequest(limit: 1), in: pool).next)
            for order in [MovieFilter.Order.oldest, .title, .popularity] {
                await expectRefusal("cursor_invalid") {
                    _ = try await fixture.catalog.movies(MovieFilter(order: order), page: PageRequest(cursor: cursor), in: pool)
                }
            }
            let noDay = PageCursor(["-release_date", "never", "1"]).text
            await expectRefusal("cursor_invalid") { _ = try await fixture.catalog.movies(page: PageRequest(cursor: noDay), in: pool) }
        }
    }

    @Test("are listed from an index in every order")
    func plans() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let store = MovieListStore(run: MovieRun())
            let cursors: [MovieFilter.Order: String] = [
                .relevance: PageCursor(["relevance", "2002-01-01", "1"]).text,
                .newest: PageCursor(["-release_date", "2002-01-01", "1"]).text,
                .oldest: PageCursor(["release_date", "2002-01-01", "1"]).text,
                .title: PageCursor(["title", "B", "1"]).text,
                .popularity: PageCursor(["-popularity", "7", "1"]).text,
            ]
            for order in MovieFilter.Order.allCases {
                for page in [PageRequest(), PageRequest(cursor: cursors[order])] {
                    for filter in [MovieFilter(order: order), MovieFilter(state: .showing, order: order)] {
                        let plan = try await fixture.plan(try store.listing(filter, page: page))
                        #expect(!plan.contains("Seq Scan"), "\(filter): \(plan)")
                    }
                    guard order != .popularity else { continue }
                    let plan = try await fixture.plan(try store.listing(MovieFilter(order: order), page: page))
                    #expect(!plan.contains("Sort"), "\(order): \(plan)")
                }
            }
            let companies = try await fixture.plan(try CompanyStore().listing(page: PageRequest(cursor: PageCursor(["B"]).text)))
            #expect(!companies.contains("Seq Scan") && !companies.contains("Sort"), "\(companies)")
        }
    }
}

@Suite("Companies")
struct CompanyTests {
    @Test("have unique names and are listed by them, page by page")
    func companies() async throws {
        try await withTestDatabase { pool in
            let catalog = Catalog()
            for name in ["C", "A", "B"] {
                _ = try await pool.withTransaction { try await catalog.addCompany(name: name, in: $0) }
            }
            await expectRefusal("company_exists") { _ = try await pool.withTransaction { try await catalog.addCompany(name: "A", in: $0) } }
            await expectRefusal("name_invalid") { _ = try await pool.withTransaction { try await catalog.addCompany(name: "\n", in: $0) } }
            let all = try await PlacesFixture.all(1) { try await catalog.companies(page: $0, in: pool) }
            #expect(all.map(\.name) == ["A", "B", "C"])
            #expect(try await catalog.company(all[0].id, in: pool) == all[0])
            await expectRefusal("not_found") { _ = try await catalog.company(99, in: pool) }
        }
    }
}
