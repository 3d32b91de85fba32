import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("The people of movies")
struct PersonTests {
    private func add(_ name: String, to pool: PostgresPool) async throws -> Person {
        try await pool.withTransaction { try await Catalog().addPerson(NewPerson(name: name), in: $0) }
    }

    private func add(_ people: [NewCredit], title: String = "Hero", _ fixture: PlacesFixture) async throws -> MovieDetail {
        var new = try fixture.newMovie(title)
        new.people = people
        return try await fixture.pool.withTransaction { [new] in try await fixture.catalog.addMovie(new, in: $0) }
    }

    @Test("are added, also two of one name, changed, listed by name page by page, and deleted when no movie has them")
    func writing() async throws {
        try await withTestDatabase { pool in
            let catalog = Catalog()
            let first = try await add("Jet Li", to: pool)
            let second = try await add("Jet Li", to: pool)
            _ = try await add("Anna", to: pool)
            #expect(first.id != second.id)
            let listed = try await PlacesFixture.all(1) { try await catalog.people(page: $0, in: pool) }
            #expect(listed.map(\.name) == ["Anna", "Jet Li", "Jet Li"])

            let change = PersonChange(name: "李连杰", otherNames: ["Jet Li"], biography: .some("Born in Beijing."))
            let changed = try await pool.withTransaction { try await catalog.changePerson(first.id, version: 1, change, in: $0) }
            #expect((changed.name, changed.otherNames, changed.biography) == ("李连杰", ["Jet Li"], "Born in Beijing."))
            #expect(changed.version == 2)
            #expect(try await catalog.person(first.id, in: pool) == changed)
            let cleared = try await pool.withTransaction {
                try await catalog.changePerson(first.id, version: nil, PersonChange(biography: .some(nil)), in: $0)
            }
            #expect(cleared.biography == nil && cleared.name == "李连杰")

            let delete: @Sendable (Int64, Int64?) async throws -> Void = { id, version in
                try await pool.withTransaction { try await catalog.deletePerson(id, version: version, in: $0) }
            }
            await expectRefusal("stale") { try await delete(first.id, 1) }
            try await delete(first.id, 3)
            await expectRefusal("not_found") { try await delete(first.id, nil) }
            await expectRefusal("not_found") { _ = try await catalog.person(first.id, in: pool) }
            await expectRefusal("stale") {
                _ = try await pool.withTransaction { try await catalog.changePerson(second.id, version: 9, change, in: $0) }
            }
            await expectRefusal("name_invalid") {
                _ = try await pool.withTransaction { try await catalog.addPerson(NewPerson(name: " "), in: $0) }
            }
            await expectRefusal("repeated") {
                let twice = NewPerson(name: "A", otherNames: ["B", "B"])
                _ = try await pool.withTransaction { try await catalog.addPerson(twice, in: $0) }
            }
        }
    }

    @Test("are taken by a name that one has, made by one that nobody has, and named by their id where several have it")
    func byName() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let one = try await add("Jet Li", to: pool)
            let movie = try await add([NewCredit(name: "JET LI", role: .actor), NewCredit(name: "New", role: .writer)], fixture)
            #expect(movie.people[0].personID == one.id && movie.people[0].name == "Jet Li")
            let made = try await fixture.catalog.person(movie.people[1].personID, in: pool)
            #expect(made.name == "New")

            let two = try await add("Jet Li", to: pool)
            do {
                _ = try await add([NewCredit(name: "Jet Li", role: .actor)], fixture)
                Issue.record("nobody asked which of the two")
            } catch let refusal as Refusal {
                #expect(refusal == .personAmbiguous(at: 0, ids: [one.id, two.id]))
            }
            let named = try await add([NewCredit(personID: two.id, name: "Jet Li", role: .actor, character: "Huo")], fixture)
            #expect(named.people == [Credit(personID: two.id, name: "Jet Li", role: .actor, character: "Huo", portrait: nil)])

            await expectRefusal("name_differs") { try await add([NewCredit(personID: two.id, name: "Jackie", role: .actor)], fixture) }
            await expectRefusal("person_unknown") { try await add([NewCredit(personID: 9_999, role: .actor)], fixture) }
            await expectRefusal("name_invalid") { try await add([NewCredit(name: "a\u{7}", role: .actor)], fixture) }
            await expectRefusal("repeated") {
                try await add(
                    [NewCredit(personID: one.id, role: .actor), NewCredit(personID: one.id, role: .actor, character: "x")], fixture)
            }
            await expectRefusal("person_in_use") {
                try await pool.withTransaction { try await fixture.catalog.deletePerson(two.id, version: nil, in: $0) }
            }
        }
    }

    @Test("get one entity for a new name that two movies bring at once")
    func race() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask { _ = try await add([NewCredit(name: "Somebody New", role: .actor)], title: "T\(number)", fixture) }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.catalog.people(page: PageRequest(), in: pool).items.count == 1)
        }
    }

    @Test("have movies, newest first, page by page, without deleted ones")
    func movies() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let person = try await add("Jet Li", to: pool)
            var expected: [String] = []
            for year in 2001...2004 {
                var new = try fixture.newMovie("T\(year)", released: "\(year)-01-01")
                new.people = [
                    NewCredit(personID: person.id, role: .director), NewCredit(name: "Other", role: .actor),
                    NewCredit(personID: person.id, role: .actor, character: "C\(year)"),
                ]
                let movie = try await fixture.add(new)
                if year == 2003 {
                    try await pool.withTransaction { try await fixture.catalog.deleteMovie(movie.id, version: nil, in: $0) }
                } else {
                    expected = ["T\(year) director", "T\(year) actor"] + expected
                }
            }
            let credits = try await PlacesFixture.all(1) { try await fixture.catalog.credits(ofPerson: person.id, page: $0, in: pool) }
            #expect(credits.map { "\($0.movie.title) \($0.role.rawValue)" } == expected)
            #expect(credits.first { $0.role == .actor }?.character == "C2004")
            await expectRefusal("not_found") { _ = try await fixture.catalog.credits(ofPerson: 9_999, page: PageRequest(), in: pool) }
            for cursor in [PageCursor(["x", "1", "1"]).text, PageCursor(["2001-01-01", "1", "\(Int64.min)"]).text] {
                await expectRefusal("cursor_invalid") {
                    _ = try await fixture.catalog.credits(ofPerson: person.id, page: PageRequest(cursor: cursor), in: pool)
                }
            }
        }
    }

    @Test("and their movies are listed from indexes")
    func plans() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for page in [PageRequest(), PageRequest(cursor: PageCursor(["B", "1"]).text)] {
                let plan = try await fixture.plan(try PersonStore(run: MovieRun()).listing(page: page))
                #expect(!plan.contains("Seq Scan") && !plan.contains("Sort"), "\(plan)")
            }
            for page in [PageRequest(), PageRequest(cursor: PageCursor(["2001-01-01", "1", "1"]).text)] {
                let plan = try await fixture.plan(try PersonStore(run: MovieRun()).creditListing(of: 1, page: page))
                #expect(!plan.contains("Seq Scan"), "\(plan)")
            }
        }
    }
}

@Suite("The companies of a movie")
struct MovieCompanyTests {
    @Test("are found or made by name, named by id, and refused where both differ or one comes twice")
    func companies() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            let company = try await pool.withTransaction { try await fixture.catalog.addCompany(name: "New Picture", in: $0) }
            let add: @Sendable ([NewMovieCompany]) async throws -> [MovieCompany] = { companies in
                var new = try fixture.newMovie()
                new.companies = companies
                return try await pool.withTransaction { [new] in try await fixture.catalog.addMovie(new, in: $0) }.companies
            }
            let found = try await add([
                NewMovieCompany(name: "new picture", role: .production),
                NewMovieCompany(companyID: company.id, name: "New Picture", role: .distribution),
                NewMovieCompany(name: "Elite", role: .distribution),
            ])
            #expect(found.map(\.name) == ["New Picture", "New Picture", "Elite"])
            #expect(found[0].companyID == company.id)
            await expectRefusal("company_unknown") { try await add([NewMovieCompany(companyID: 9_999, role: .production)]) }
            await expectRefusal("name_differs") { try await add([NewMovieCompany(companyID: company.id, name: "X", role: .production)]) }
            await expectRefusal("name_invalid") { try await add([NewMovieCompany(name: " X", role: .production)]) }
            await expectRefusal("repeated") {
                try await add([NewMovieCompany(name: "Elite", role: .production), NewMovieCompany(name: "ELITE", role: .production)])
            }
        }
    }
}
