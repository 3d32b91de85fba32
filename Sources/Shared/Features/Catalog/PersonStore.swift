import Callers
import Database
import Text

/// People in the database.
struct PersonStore: Sendable {
    /// By which the states of somebody's movies are told.
    let run: MovieRun

    private static let columns: Query = """
        people.id, people.name, people.other_names, people.biography, people.created_at, people.version,
            \(ShownPictureStore.one(.portrait, of: .person, id: "people.id")) AS portrait
        """

    private let search = NameSearch()

    /// A page of the people by name, or of those who are found by a text, who fits best first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func people(text: String?, page: PageRequest, in session: some PostgresSession) async throws -> Page<Person> {
        if let text, let searched = try await search.searched(text, in: session) {
            let rows = try await session.rows(try ranking(searched, page: page)) { row in
                (person: try Person(row: row), rank: try row["rank"] as Int)
            }
            let ranked = Page(rows, request: page) { [String($0.rank), String($0.person.id)] }
            return ranked.map(\.person)
        }
        let rows = try await session.rows(try listing(page: page), Person.init(row:))
        return Page(rows, request: page) { [$0.name, String($0.id)] }
    }

    /// The query behind the list of people.
    func listing(page: PageRequest) throws -> Query {
        let start: Query? = try page.keys(count: 2).map { keys in
            guard let id = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return "(people.name, people.id) > (\(keys[0]), \(id))"
        }
        return """
            SELECT \(Self.columns)
            FROM people
            WHERE \(start ?? "TRUE")
            ORDER BY people.name, people.id
            LIMIT \(page.rowLimit)
            """
    }

    /// The query behind the list of people who are found.
    func ranking(_ searched: SearchedName, page: PageRequest) throws -> Query {
        let start: Query? = try page.keys(count: 2).map { keys in
            guard let rank = Int32(keys[0]), let id = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return "(hits.rank, hits.id) > (\(Int(rank)), \(id))"
        }
        return """
            SELECT \(Self.columns), hits.rank
            FROM (\(NameSearch.hits(of: searched, among: .person))) AS hits
            JOIN people ON people.id = hits.id
            WHERE \(start ?? "TRUE")
            ORDER BY hits.rank, hits.id
            LIMIT \(page.rowLimit)
            """
    }

    func person(_ id: Int64, in session: some PostgresSession) async throws -> Person? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM people
            WHERE people.id = \(id)
            """,
            Person.init(row:)
        )
    }

    /// A page of the movies in which somebody has a part, newest first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func credits(of id: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<PersonCredit> {
        let rows = try await session.rows(try creditListing(of: id, page: page)) { row in
            PersonCredit(
                movie: try Movie(row: row), place: try row["place"], role: try row["role"], character: try row["character"]
            )
        }
        return Page(rows, request: page) { [$0.movie.releaseDate.description, String($0.movie.id), String($0.place)] }
    }

    /// The query behind the list of somebody's movies, who has at most some hundreds: they are found by the index on the person.
    func creditListing(of id: Int64, page: PageRequest) throws -> Query {
        let start: Query? = try page.keys(count: 3).map { keys in
            guard let day = CalendarDay(keys[0]), let movieID = Int64(keys[1]), let place = Int32(keys[2]) else {
                throw Refusal.cursorInvalid
            }
            return """
                (movies.release_date, movies.id, -movie_people.place) < (\(day)::date, \(movieID)::bigint, -(\(Int64(place))::bigint))
                """
        }
        let conditions: [Query?] = ["movie_people.person_id = \(id)", "movies.deleted_at IS NULL", start]
        return """
            SELECT \(MovieStore.columns(run)), movie_people.place, movie_people.role, movie_people.character
            FROM movie_people
            JOIN movies ON movies.id = movie_people.movie_id
            WHERE \(conditions.conjunction)
            ORDER BY movies.release_date DESC, movies.id DESC, movie_people.place
            LIMIT \(page.rowLimit)
            """
    }

    func add(_ new: NewPerson, in transaction: PostgresTransaction) async throws -> Person {
        try await transaction.requiredRow(
            """
            INSERT INTO people (name, other_names, biography)
            VALUES (\(new.name), \(new.otherNames), \(new.biography))
            RETURNING \(Self.columns)
            """,
            Person.init(row:)
        )
    }

    /// Changes a person if it still has this version (`nil`: any).
    ///
    /// - Returns: `nil` when there is none.
    func change(_ id: Int64, version: Int64?, _ change: PersonChange, in transaction: PostgresTransaction) async throws -> Person? {
        var biography: Query = "people.biography"
        if let new = change.biography {
            biography = "\(new)"
        }
        return try await transaction.row(
            """
            UPDATE people
            SET name = coalesce(\(change.name), people.name),
                other_names = coalesce(\(change.otherNames), people.other_names),
                biography = \(biography),
                version = people.version + 1
            WHERE \(Self.isPerson(id, version: version))
            RETURNING \(Self.columns)
            """,
            Person.init(row:)
        )
    }

    /// Deletes a person if it still has this version (`nil`: any).
    ///
    /// - Returns: whether there was one.
    func delete(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            DELETE FROM people
            WHERE \(Self.isPerson(id, version: version))
            """
        ) == 1
    }

    /// Whether somebody has a part in a movie, also in a deleted one.
    func hasCredits(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row(
            """
            SELECT movie_id
            FROM movie_people
            WHERE person_id = \(id)
            LIMIT 1
            """
        ) { row -> Int64 in try row["movie_id"] } != nil
    }

    /// Whether a row is this person in this version (`nil`: any).
    private static func isPerson(_ id: Int64, version: Int64?) -> Query {
        let conditions: [Query?] = ["people.id = \(id)", version.map { "people.version = \($0)" }]
        return conditions.conjunction
    }
}

extension Person {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            name: try row["name"],
            otherNames: try row["other_names"],
            biography: try row["biography"],
            portrait: try ShownPictureStore.picture("portrait", in: row),
            createdAt: try row["created_at"],
            version: try row["version"]
        )
    }
}
