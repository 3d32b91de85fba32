import Database

/// The people of movies in the database.
struct PeopleStore: Sendable {
    /// Replaces the people of movies. People whose names are new are added.
    func replace(_ people: [Int64: [Credit]], in transaction: PostgresTransaction) async throws {
        let credits = people.sorted { $0.key < $1.key }.flatMap { id, credits in
            credits.enumerated().map { (movieID: id, place: $0.offset + 1, credit: $0.element) }
        }
        // Sorted, so that two transactions that add the same names wait for each other in one order.
        let names = Set(credits.map(\.credit.name)).sorted()
        try await transaction.execute(
            """
            INSERT INTO people (name)
            SELECT unnest(\(names)::TEXT[])
            ON CONFLICT (name) DO NOTHING
            """
        )
        try await transaction.execute(
            """
            DELETE FROM movie_people
            WHERE movie_id = ANY (\(people.keys.sorted())::BIGINT[])
            """
        )
        try await transaction.execute(
            """
            INSERT INTO movie_people (movie_id, place, person_id, role)
            SELECT credit.movie_id, credit.place, p.id, credit.role
            FROM unnest(
                \(credits.map(\.movieID))::BIGINT[],
                \(credits.map(\.place))::INTEGER[],
                \(credits.map(\.credit.name))::TEXT[],
                \(credits.map(\.credit.role.rawValue))::TEXT[]
            ) AS credit (movie_id, place, name, role)
            JOIN people AS p ON p.name = credit.name
            """
        )
    }
}
