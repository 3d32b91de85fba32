import Callers
import Database
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Importing movies")
struct MovieImportTests {
    private static let header =
        "external_id,title,year,released,runtime_min,genres,directors,cast,languages,countries,rating,votes,company,box_office_usd\n"
    private static let hero =
        "tt1,Hero,2002,2002-10-24,99,Action,Zhang Yimou,\"Jet Li, Maggie Cheung\",Mandarin,China,,,\"New Picture, Elite\",1\n"
    private static let yiYi = "tt2,Yi Yi,2000,2000-09-20,173,Drama,Edward Yang,,Mandarin,Taiwan,,,,1\n"

    private func run(_ rows: String, on pool: PostgresPool) async throws -> ImportSummary {
        try await MovieImport(Array((Self.header + rows).utf8)).run(on: pool) { _, _ in }
    }

    private func movie(_ title: String, in pool: PostgresPool) async throws -> MovieDetail {
        let found = try await Catalog().movies(MovieFilter(text: title), page: PageRequest(), in: pool).items
        return try await Catalog().detail(try #require(found.first).id, in: pool)
    }

    @Test("takes all of the demo's movies, and twice changes nothing")
    func demoMovies() async throws {
        try await withTestDatabase { pool in
            let bytes = try PlacesImportTests.demoFile("movies.csv")
            let first = try await MovieImport(bytes).run(on: pool) { _, _ in }
            #expect(first.added > 50)
            #expect(first.refusals.isEmpty)
            let second = try await MovieImport(bytes).run(on: pool) { _, _ in }
            #expect(second.description == "added 0, changed 0, unchanged \(first.added), refused 0")
            let directors = try await movie("Titanic", in: pool).people.filter { $0.role == .director }
            #expect(directors.map(\.name) == ["James Cameron"])
        }
    }

    @Test("gives a new movie company, people, state and defaults")
    func newMovie() async throws {
        try await withTestDatabase { pool in
            #expect(try await run(Self.hero, on: pool).added == 1)
            let hero = try await movie("Hero", in: pool)
            #expect(hero.movie.companyName == "New Picture")
            #expect(hero.companies.map(\.name) == ["New Picture", "Elite"])
            #expect(hero.content.countries == ["China"])
            #expect(hero.movie.state == .ended && hero.movie.pinnedState == nil)
            #expect(hero.movie.formats == ["2D"])
            #expect(hero.movie.minimumPriceFen == 3000)
            #expect(hero.people.map(\.name) == ["Zhang Yimou", "Jet Li", "Maggie Cheung"])
            #expect(hero.people.map(\.role) == [.director, .actor, .actor])
        }
    }

    @Test("brings the file's news, never undoes an administrator's edits, and settles after that")
    func edits() async throws {
        try await withTestDatabase { pool in
            _ = try await run(Self.hero + Self.yiYi, on: pool)
            let hero = try await movie("Hero", in: pool)
            let edit = MovieChange(title: "英雄", companyID: .some(nil), minimumPriceFen: 5000, state: .some(.showing))
            _ = try await pool.withTransaction { try await Catalog().changeMovie(hero.movie.id, version: 1, edit, in: $0) }
            #expect(try await run(Self.hero + Self.yiYi, on: pool).description == "added 0, changed 0, unchanged 2, refused 0")

            let news = Self.hero.replacing("Hero", with: "Hero (2002)").replacing(",99,", with: ",107,").replacing(
                "Maggie Cheung", with: "Tony Leung")
            #expect(try await run(news + Self.yiYi, on: pool).description == "added 0, changed 1, unchanged 1, refused 0")
            let changed = try await movie("英雄", in: pool)
            #expect(changed.movie.id == hero.movie.id)
            #expect(changed.movie.durationMin == 107)
            #expect(changed.movie.companyID == nil)
            #expect(changed.movie.minimumPriceFen == 5000)
            #expect(changed.movie.state == .showing)
            #expect(changed.movie.version == 3)
            #expect(changed.people.map(\.name) == ["Zhang Yimou", "Jet Li", "Tony Leung"])
            #expect(try await run(news + Self.yiYi, on: pool).description == "added 0, changed 0, unchanged 2, refused 0")
            #expect(try await movie("英雄", in: pool) == changed)
        }
    }

    @Test("of a later release day makes previews of the showtimes to come before it")
    func postponed() async throws {
        try await withTestDatabase { pool in
            _ = try await run(Self.hero + Self.yiYi, on: pool)
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let hall = try await fixture.hall(in: try await fixture.add(fixture.newCinema(), to: try await fixture.merchant()).id)
            let moved = try await fixture.showtime(of: try await movie("Hero", in: pool).movie, in: hall, startsIn: 60)
            try await fixture.showtime(of: try await movie("Yi Yi", in: pool).movie, in: hall, startsIn: 600)
            _ = try await run(Self.hero.replacing("2002-", with: "2102-") + Self.yiYi, on: pool)
            #expect(try await movie("Hero", in: pool).movie.releaseDate.description.hasPrefix("2102"))
            #expect(try await pool.rows("SELECT id FROM showtimes WHERE preview") { try $0["id"] as Int64 } == [moved])
        }
    }

    @Test("leaves a movie deleted that an administrator has deleted")
    func deleted() async throws {
        try await withTestDatabase { pool in
            _ = try await run(Self.hero, on: pool)
            let hero = try await movie("Hero", in: pool)
            try await pool.withTransaction { try await Catalog().deleteMovie(hero.movie.id, version: nil, in: $0) }
            let news = Self.hero.replacing(",99,", with: ",107,")
            #expect(try await run(news, on: pool).description == "added 0, changed 0, unchanged 1, refused 0")
            #expect(try await Catalog().movies(page: PageRequest(), in: pool).items.isEmpty)
        }
    }

    @Test("takes the good rows around broken ones, in batches too")
    func brokenRows() async throws {
        try await withTestDatabase { pool in
            let rows = (1...120).map { number in
                number % 40 == 7
                    ? "tt\(number),\"broken\"x,2000,2000-01-01,90,,,,,,,,,\n"
                    : "tt\(number),T\(number),2000,2000-01-01,90,,A,\"B, C\",,,,,\"Co, X\",\n"
            }
            let summary = try await run(rows.joined(), on: pool)
            #expect(summary.added == 117)
            #expect(summary.refusals.map(\.line) == [8, 48, 88])
        }
    }

    @Test("by two at once adds every movie once")
    func parallel() async throws {
        try await withTestDatabase { pool in
            let rows = (1...60).map { "tt\($0),T\($0),2000,2000-01-01,90,,A\($0 % 7),\"B, C\($0)\",,,,,Co\($0 % 5),\n" }
            async let one = run(rows.joined(), on: pool)
            async let two = run(rows.reversed().joined(), on: pool)
            let summaries = try await [one, two]
            #expect(summaries.map(\.added).reduce(0, +) == 60)
            #expect(summaries.flatMap(\.refusals).isEmpty)
        }
    }

    @Test("leaves the people of a movie alone when somebody gave one a character, and takes the first of two of one name")
    func characters() async throws {
        try await withTestDatabase { pool in
            _ = try await run(Self.hero, on: pool)
            let hero = try await movie("Hero", in: pool)
            let credits = hero.people.map { NewCredit(personID: $0.personID, role: $0.role, character: $0.role == .actor ? "x" : nil) }
            let edited = try await pool.withTransaction {
                try await Catalog().changeMovie(hero.movie.id, version: nil, MovieChange(people: credits), in: $0)
            }
            let second = try await pool.withTransaction { try await Catalog().addPerson(NewPerson(name: "Edward Yang"), in: $0) }
            let third = try await pool.withTransaction { try await Catalog().addPerson(NewPerson(name: "Edward Yang"), in: $0) }
            _ = try await run(Self.hero.replacing("Maggie Cheung", with: "Tony Leung") + Self.yiYi, on: pool)
            #expect(try await movie("Hero", in: pool).people == edited.people)
            #expect(try await movie("Yi Yi", in: pool).people.map(\.personID) == [second.id])
            #expect(second.id < third.id)
        }
    }

    @Test("reads what an older import has stored, and brings countries and companies")
    func older() async throws {
        try await withTestDatabase { pool in
            _ = try await run(Self.hero, on: pool)
            try await pool.execute("UPDATE movies SET countries = '{}', imported = imported - 'countries' - 'companies'")
            try await pool.execute("DELETE FROM movie_companies WHERE place = 2")
            #expect(try await run(Self.hero, on: pool).description == "added 0, changed 1, unchanged 0, refused 0")
            let hero = try await movie("Hero", in: pool)
            #expect(hero.content.countries == ["China"])
            #expect(hero.companies.map(\.name) == ["New Picture", "Elite"])
        }
    }
}
