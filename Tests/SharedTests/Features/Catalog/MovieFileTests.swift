import Database
import Testing
import Text

@testable import Shared

@Suite("A file of movies")
struct MovieFileTests {
    private static let header =
        "external_id,title,year,released,runtime_min,genres,directors,cast,languages,countries,rating,votes,company,box_office_usd"

    private func read(_ rows: String...) throws -> ImportedFile<MovieRow> {
        try MovieFile.read(Array(([Self.header] + rows).joined(separator: "\r\n").utf8))
    }

    @Test("gives movies with the first company, and people by role in order")
    func movie() throws {
        let file = try read(
            "tt1,\"\"\"Amélie\"\", or: so\",2001,2001-04-25,122,\"Comedy, Romance\",Jean-Pierre Jeunet,\"Audrey Tautou, Mathieu Kassovitz, Audrey Tautou\",French,France,,,\"UGC, Canal+\",1"
        )
        #expect(file.refusals.isEmpty)
        let row = try #require(file.rows.first)
        #expect(row.line == 2)
        #expect(row.value.externalID == "tt1")
        #expect(row.value.movie.title == "\"Amélie\", or: so")
        #expect(row.value.movie.durationMin == 122)
        #expect(row.value.movie.releaseDate.description == "2001-04-25")
        #expect(row.value.movie.company == "UGC")
        #expect(row.value.movie.companies == ["UGC", "Canal+"])
        #expect(row.value.movie.countries == ["France"])
        #expect(row.value.movie.genres == ["Comedy", "Romance"])
        #expect(row.value.movie.languages == ["French"])
        #expect(
            row.value.movie.people == [
                ImportedCredit(name: "Jean-Pierre Jeunet", role: .director),
                ImportedCredit(name: "Audrey Tautou", role: .actor),
                ImportedCredit(name: "Mathieu Kassovitz", role: .actor),
            ]
        )
    }

    @Test("may leave company, genres, cast and languages empty, and the day where there is a year")
    func emptyCells() throws {
        let movie = try #require(try read("tt1,Hero,2002,,99,,,,,,,,,").rows.first?.value.movie)
        #expect(movie.company == nil)
        #expect(movie.people.isEmpty)
        #expect(movie.genres.isEmpty)
        #expect(movie.languages == ["Unknown"])
        #expect(movie.releaseDate.description == "2002-01-01")
    }

    @Test(
        "loses only the row that is broken, and names its line",
        arguments: [
            ("tt2,Hero,2002,2002-10-24,,,,,,,,,,", "runtime_min is not a whole number from 1 to 1000"),
            ("tt2,Hero,2002,2002-10-24,1001,,,,,,,,,", "runtime_min is not a whole number from 1 to 1000"),
            ("tt2,Hero,2002,2002-10-24,99.5,,,,,,,,,", "runtime_min is not a whole number from 1 to 1000"),
            ("tt2,Hero,2002,2002-02-30,99,,,,,,,,,", "released is not a day of the form YYYY-MM-DD"),
            ("tt2,Hero,,,99,,,,,,,,,", "released is empty and year is no year"),
            ("tt2,,2002,2002-10-24,99,,,,,,,,,", "title is not a name of 1 to 200 characters"),
            ("tt2,He\u{0}ro,2002,2002-10-24,99,,,,,,,,,", "title is not a name of 1 to 200 characters"),
            (",Hero,2002,2002-10-24,99,,,,,,,,,", "external_id is not a name of 1 to 64 characters"),
            ("tt1,Hero,2002,2002-10-24,99,,,,,,,,,", "the id tt1 is on line 2 already"),
            ("tt2,Hero,2002,2002-10-24,99,,,,,,,,", "13 cells where 14 belong"),
            ("tt2,\"Hero,2002,2002-10-24,99,,,,,,,,,", "text after a closing quote"),
        ])
    func brokenRow(broken: String, reason: String) throws {
        let file = try read(
            "tt1,\"Crouching Tiger, Hidden Dragon\",2000,2000-07-06,120,,,,,,,,,", broken, "tt3,\"Yi Yi\",2000,2000-09-20,173,,,,,,,,,")
        #expect(file.rows.map(\.value.externalID) == ["tt1", "tt3"])
        #expect(file.rows.map(\.line) == [2, 4])
        #expect(file.refusals == [RejectedRow(line: 3, reason: reason)])
    }

    @Test(
        "refuses what is too long by a character",
        arguments: [
            ("\(String(repeating: "é", count: 200))", "A", "B", 1),
            ("\(String(repeating: "é", count: 201))", "A", "B", 0),
            ("T", String(repeating: "d", count: 101), "B", 0),
            ("T", "A", String(repeating: "c", count: 201), 0),
        ])
    func tooLong(title: String, director: String, company: String, taken: Int) throws {
        #expect(try read("tt1,\(title),2000,2000-01-01,90,,\(director),,,,,,\(company),").rows.count == taken)
    }

    @Test("refuses more people than credits can have")
    func tooManyPeople() throws {
        let cast = (1...501).map { "P\($0)" }.joined(separator: ", ")
        #expect(try read("tt1,T,2000,2000-01-01,90,,,\"\(cast)\",,,,,,").refusals.map(\.reason) == ["more than 500 people"])
    }
}

@Suite("A movie that is imported again")
struct ImportedMovieTests {
    private func movie(_ title: String = "Hero", duration: Int = 99, genres: [String] = []) throws -> ImportedMovie {
        ImportedMovie(
            title: title,
            durationMin: duration,
            releaseDate: try #require(CalendarDay("2002-10-24")),
            company: nil,
            languages: ["Mandarin"],
            genres: genres,
            countries: [],
            people: [],
            companies: []
        )
    }

    @Test("takes the file's news where nobody has edited it")
    func news() throws {
        let merged = ImportedMovie.merged(current: try movie(), imported: try movie(), file: try movie("Ying xiong", genres: ["Action"]))
        #expect(try merged == movie("Ying xiong", genres: ["Action"]))
    }

    @Test("keeps an administrator's edit, whether or not the file has changed")
    func edits() throws {
        let edited = try movie("英雄")
        #expect(try ImportedMovie.merged(current: edited, imported: movie(), file: movie()) == edited)
        #expect(
            try ImportedMovie.merged(current: edited, imported: movie(), file: movie("Ying xiong", duration: 107))
                == movie("英雄", duration: 107))
    }
}
