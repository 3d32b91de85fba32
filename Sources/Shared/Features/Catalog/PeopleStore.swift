import Database

/// The people of movies in the database.
struct PeopleStore: Sendable {
    /// The people of a movie, as columns of a query on `movies`; ``credits(_:)`` reads them.
    static let columns: Query = """
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
        ) AS people_roles
        """

    static func credits(_ row: PostgresRow) throws -> [Credit] {
        let names: [String] = try row["people_names"]
        let roles: [Credit.Role] = try row["people_roles"]
        return zip(names, roles).map { Credit(name: $0, role: $1) }
    }

    /// Gives movies these people in place of those that they have; people whose names are new are added.
    func replace(_ people: [Int64: [Credit]], in transaction: PostgresTransaction) async throws {
        let credits = people.sorted { $0.key < $1.key }.flatMap { id, credits in
            credits.enumerated().map { (movieID: id, place: $0.offset + 1, credit: $0.element) }
        }
        // Sorted, so that two transactions that add the same names wait for each other in one order.
        let names = Set(credits.map(\.credit.name)).sorted()
        try await transaction.execute(
            """
            INSERT INTO people (name)
            SELECT unnest(\(names)::text[])
            ON CONFLICT (name) DO NOTHING
            """
        )
        try await transaction.execute(
            """
            DELETE FROM movie_people
            WHERE movie_id = ANY (\(people.keys.sorted())::bigint[])
            """
        )
        try await transaction.execute(
            """
            INSERT INTO movie_people (movie_id, place, person_id, role)
            SELECT credit.movie_id, credit.place, people.id, credit.role
            FROM unnest(
                \(credits.map(\.movieID))::bigint[],
                \(credits.map(\.place))::integer[],
                \(credits.map(\.credit.name))::text[],
                \(credits.map(\.credit.role.rawValue))::text[]
            ) AS credit (movie_id, place, name, role)
            JOIN people ON people.name = credit.name
            """
        )
    }
}
