import Database

/// The people of movies in the database.
struct CreditStore: Sendable {
    /// A part with the person to whom it goes.
    struct Part: Hashable, Sendable {
        let personID: Int64
        let role: Credit.Role
        let character: String?
    }

    /// The people of a movie, as columns of a query on `movies`; ``credits(_:)`` reads them.
    static let columns: Query = """
        ARRAY(
            SELECT movie_people.person_id
            FROM movie_people
            WHERE movie_people.movie_id = movies.id
            ORDER BY movie_people.place
        ) AS people_ids,
        ARRAY(
            SELECT people.name
            FROM movie_people
            JOIN people ON people.id = movie_people.person_id
            WHERE movie_people.movie_id = movies.id
            ORDER BY movie_people.place
        ) AS people_names,
        ARRAY(
            SELECT movie_people.role
            FROM movie_people
            WHERE movie_people.movie_id = movies.id
            ORDER BY movie_people.place
        ) AS people_roles,
        ARRAY(
            SELECT movie_people.character
            FROM movie_people
            WHERE movie_people.movie_id = movies.id
            ORDER BY movie_people.place
        ) AS people_characters,
        ARRAY(
            SELECT \(ShownPictureStore.one(.portrait, of: .person, id: "movie_people.person_id"))
            FROM movie_people
            WHERE movie_people.movie_id = movies.id
            ORDER BY movie_people.place
        ) AS people_portraits
        """

    static func credits(_ row: PostgresRow) throws -> [Credit] {
        let ids: [Int64] = try row["people_ids"]
        let names: [String] = try row["people_names"]
        let roles: [Credit.Role] = try row["people_roles"]
        let characters: [String?] = try row["people_characters"]
        let portraits: [String?] = try row["people_portraits"]
        return zip(zip(zip(ids, names), zip(roles, characters)), portraits).map { credit, portrait in
            let (person, part) = credit
            return Credit(
                personID: person.0, name: person.1, role: part.0, character: part.1, portrait: portrait.flatMap(ShownPicture.init(text:)))
        }
    }

    /// Gives movies these parts in place of those that they have. Of two parts of one person in one role the first counts.
    func replace(_ parts: [Int64: [Part]], in transaction: PostgresTransaction) async throws {
        let rows = parts.sorted { $0.key < $1.key }.flatMap { id, parts in
            parts.enumerated().map { (movieID: id, place: $0.offset + 1, part: $0.element) }
        }
        try await transaction.execute(
            """
            DELETE FROM movie_people
            WHERE movie_id = ANY (\(parts.keys.sorted())::bigint[])
            """
        )
        try await transaction.execute(
            """
            INSERT INTO movie_people (movie_id, place, person_id, role, character)
            SELECT credit.movie_id, credit.place, credit.person_id, credit.role, nullif(credit.character, '')
            FROM unnest(
                \(rows.map(\.movieID))::bigint[],
                \(rows.map(\.place))::integer[],
                \(rows.map(\.part.personID))::bigint[],
                \(rows.map(\.part.role.rawValue))::text[],
                \(rows.map { $0.part.character ?? "" })::text[]
            ) AS credit (movie_id, place, person_id, role, character)
            ORDER BY credit.movie_id, credit.place
            ON CONFLICT (movie_id, person_id, role) DO NOTHING
            """
        )
    }
}
