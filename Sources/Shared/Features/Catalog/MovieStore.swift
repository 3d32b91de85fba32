import Callers
import Database

/// Movies in the database. A deleted one is as good as absent to every method.
struct MovieStore: Sendable {
    private static let columns: Query = """
        m.id, m.title, m.duration_min, m.release_date, m.company_id,
            (SELECT c.name FROM companies AS c WHERE c.id = m.company_id) AS company_name,
            m.formats, m.languages, m.genres, m.minimum_price_fen, m.state, m.created_at, m.version
        """

    /// A page of the movies that the filter lets through, in its order.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func movies(_ filter: MovieFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Movie> {
        let rows = try await session.rows(try listing(filter, page: page), Self.movie)
        return Page(rows, request: page) { movie in
            let key = filter.order == .title ? movie.title : movie.releaseDate.description
            return [filter.order.rawValue, key, String(movie.id)]
        }
    }

    /// The query behind a list of movies.
    func listing(_ filter: MovieFilter, page: PageRequest) throws -> Query {
        var conditions: Query = "m.deleted_at IS NULL"
        if let state = filter.state {
            conditions = "\(conditions) AND m.state = \(state)"
        }
        if let title = filter.wantedTitle {
            conditions = "\(conditions) AND m.folded_title LIKE folded_part(\(title)::text)"
        }
        if let start = try start(of: page, order: filter.order) {
            conditions = "\(conditions) AND \(start)"
        }
        let order: Query =
            switch filter.order {
            case .newest: "m.release_date DESC, m.id DESC"
            case .oldest: "m.release_date, m.id"
            case .title: "m.title, m.id"
            }
        return """
            SELECT \(Self.columns)
            FROM movies AS m
            WHERE \(conditions)
            ORDER BY \(order)
            LIMIT \(page.limit + 1)
            """
    }

    /// The condition by which a page starts after the one before; a cursor of another order is refused.
    private func start(of page: PageRequest, order: MovieFilter.Order) throws -> Query? {
        guard let keys = try page.keys(count: 3) else { return nil }
        guard keys[0] == order.rawValue, let id = Int64(keys[2]) else { throw Refusal.cursorInvalid }
        if order == .title { return "(m.title, m.id) > (\(keys[1]), \(id))" }
        guard let day = CalendarDay(keys[1]) else { throw Refusal.cursorInvalid }
        return order == .newest
            ? "(m.release_date, m.id) < (\(day), \(id))"
            : "(m.release_date, m.id) > (\(day), \(id))"
    }

    func movie(_ id: Int64, in session: some PostgresSession) async throws -> Movie? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM movies AS m
            WHERE m.id = \(id)
                AND m.deleted_at IS NULL
            """,
            Self.movie
        )
    }

    /// A movie and its people in one statement, so that they are of one moment.
    func detail(_ id: Int64, in session: some PostgresSession) async throws -> MovieDetail? {
        try await session.row(
            """
            SELECT \(Self.columns),
                ARRAY(
                    SELECT p.name
                    FROM movie_people AS mp
                    JOIN people AS p ON p.id = mp.person_id
                    WHERE mp.movie_id = m.id
                    ORDER BY mp.place
                ) AS people_names,
                ARRAY(
                    SELECT mp.role
                    FROM movie_people AS mp
                    WHERE mp.movie_id = m.id
                    ORDER BY mp.place
                ) AS people_roles
            FROM movies AS m
            WHERE m.id = \(id)
                AND m.deleted_at IS NULL
            """
        ) { row in
            let names: [String] = try row["people_names"]
            let roles: [Credit.Role] = try row["people_roles"]
            return MovieDetail(movie: try Self.movie(row), people: zip(names, roles).map { Credit(name: $0, role: $1) })
        }
    }

    /// A movie that can be neither changed nor deleted until the transaction ends.
    func movieForScheduling(_ id: Int64, in transaction: PostgresTransaction) async throws -> Movie? {
        try await transaction.row(
            """
            SELECT \(Self.columns)
            FROM movies AS m
            WHERE m.id = \(id)
                AND m.deleted_at IS NULL
            FOR SHARE OF m
            """,
            Self.movie
        )
    }

    /// Adds a movie without its people.
    ///
    /// - Returns: its id.
    func add(_ new: NewMovie, in transaction: PostgresTransaction) async throws -> Int64 {
        try await transaction.requiredRow(
            """
            INSERT INTO movies (
                title, duration_min, release_date, company_id, formats, languages, genres, minimum_price_fen, state
            )
            VALUES (
                \(new.title), \(new.durationMin), \(new.releaseDate), \(new.companyID), \(new.formats), \(new.languages),
                \(new.genres), \(new.minimumPriceFen), \(new.state)
            )
            RETURNING id
            """
        ) { row in try row["id"] }
    }

    /// Changes a movie that has still this version (`nil`: any), all but its people.
    ///
    /// - Returns: whether there was one.
    func change(_ id: Int64, version: Int64?, _ change: MovieChange, in transaction: PostgresTransaction) async throws -> Bool {
        var company: Query = "m.company_id"
        if let companyID = change.companyID {
            company = "\(companyID)"
        }
        return try await transaction.execute(
            """
            UPDATE movies AS m
            SET title = COALESCE(\(change.title), m.title),
                duration_min = COALESCE(\(change.durationMin), m.duration_min),
                release_date = COALESCE(\(change.releaseDate), m.release_date),
                company_id = \(company),
                formats = COALESCE(\(change.formats), m.formats),
                languages = COALESCE(\(change.languages), m.languages),
                genres = COALESCE(\(change.genres), m.genres),
                minimum_price_fen = COALESCE(\(change.minimumPriceFen), m.minimum_price_fen),
                state = COALESCE(\(change.state), m.state),
                version = m.version + 1
            WHERE m.id = \(id)
                AND m.deleted_at IS NULL
                \(at(version))
            """
        ) == 1
    }

    /// Marks a movie that has still this version (`nil`: any) as deleted, and holds its lock against scheduling.
    ///
    /// - Returns: whether there was one.
    func delete(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE movies AS m
            SET deleted_at = clock_timestamp(),
                version = m.version + 1
            WHERE m.id = \(id)
                AND m.deleted_at IS NULL
                \(at(version))
            """
        ) == 1
    }

    /// Whether a showtime of the movie is neither over nor cancelled.
    func hasShowtimes(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        // None lasts a whole day, so the index on the start finds those that are still running too.
        try await transaction.row(
            """
            SELECT s.id
            FROM showtimes AS s
            WHERE s.movie_id = \(id)
                AND s.starts_at > clock_timestamp() - INTERVAL '1 day'
                AND s.ends_at > clock_timestamp()
                AND s.cancelled_at IS NULL
            LIMIT 1
            """
        ) { row -> Int64 in try row["id"] } != nil
    }

    private func at(_ version: Int64?) -> Query {
        guard let version else { return "" }
        return "AND m.version = \(version)"
    }

    private static func movie(_ row: PostgresRow) throws -> Movie {
        Movie(
            id: try row["id"],
            title: try row["title"],
            durationMin: try row["duration_min"],
            releaseDate: try row["release_date"],
            companyID: try row["company_id"],
            companyName: try row["company_name"],
            formats: try row["formats"],
            languages: try row["languages"],
            genres: try row["genres"],
            minimumPriceFen: try row["minimum_price_fen"],
            state: try row["state"],
            createdAt: try row["created_at"],
            version: try row["version"]
        )
    }
}
