import Database

/// Reads what people have to know of the showtimes of orders and tickets.
struct ShowtimeSummaryStore: Sendable {
    /// By the primary keys.
    static func query(showtimeIDs: [Int64]) -> Query {
        query("showtimes.id = ANY (\(showtimeIDs)::bigint[])")
    }

    /// - Parameter selection: selects the showtimes' ids.
    static func query(idsIn selection: Query) -> Query {
        query("showtimes.id IN (\(selection))")
    }

    private static func query(_ condition: Query) -> Query {
        """
        SELECT
            showtimes.id, showtimes.starts_at, showtimes.ends_at, showtimes.business_day, showtimes.format, showtimes.language,
            movies.id AS movie_id, movies.title AS movie_title,
            \(ShownPictureStore.one(.poster, of: .movie, id: "movies.id")) AS movie_poster,
            cinemas.id AS cinema_id, cinemas.name AS cinema_name, cinemas.address AS cinema_address, cinemas.time_zone,
            halls.id AS hall_id, halls.name AS hall_name
        FROM showtimes
        JOIN movies ON movies.id = showtimes.movie_id
        JOIN cinemas ON cinemas.id = showtimes.cinema_id
        JOIN halls ON halls.id = showtimes.hall_id
        WHERE \(condition)
        """
    }

    /// The showtimes by their ids; past and cancelled ones too.
    func summaries(showtimeIDs: Set<Int64>, in session: some PostgresSession) async throws -> ShowtimeSummaries {
        guard !showtimeIDs.isEmpty else { return ShowtimeSummaries() }
        return try ShowtimeSummaries(rows: try await session.rows(Self.query(showtimeIDs: Array(showtimeIDs))))
    }

    func summary(of showtimeID: Int64, in session: some PostgresSession) async throws -> ShowtimeSummary {
        try await summaries(showtimeIDs: [showtimeID], in: session).summary(of: showtimeID)
    }
}

extension ShowtimeSummary {
    /// Reads a row of ``ShowtimeSummaryStore/query(showtimeIDs:)``.
    init(row: PostgresRow) throws {
        id = try row["id"]
        movie = Movie(
            id: try row["movie_id"], title: try row["movie_title"], poster: try ShownPictureStore.picture("movie_poster", in: row))
        cinema = Cinema(
            id: try row["cinema_id"], name: try row["cinema_name"], address: try row["cinema_address"], timeZone: try row["time_zone"])
        hall = Hall(id: try row["hall_id"], name: try row["hall_name"])
        startsAt = try row["starts_at"]
        endsAt = try row["ends_at"]
        businessDay = try row["business_day"]
        format = try row["format"]
        language = try row["language"]
    }
}
