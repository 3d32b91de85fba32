import Callers
import Database
import Text

/// Movies in the database. No method finds a deleted one.
struct MovieStore: Sendable {
    static let columns: Query = """
        movies.id, movies.title, movies.duration_min, movies.release_date, movies.company_id,
            (SELECT companies.name FROM companies WHERE companies.id = movies.company_id) AS company_name,
            movies.formats, movies.languages, movies.genres, movies.minimum_price_fen, movies.state, movies.created_at, movies.version
        """

    /// A page of the movies that the filter lets through, in its order.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func movies(_ filter: MovieFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Movie> {
        let rows = try await session.rows(try Self.listing(filter, page: page)) { row in
            (movie: try Movie(row: row), key: try Self.key(row, order: filter.order))
        }
        return Page(rows, request: page, key: \.key).map(\.movie)
    }

    /// The query behind a list of movies.
    ///
    /// - Parameters:
    ///   - columns: further ones.
    ///   - tables: what stands in FROM.
    ///   - more: further conditions.
    ///   - cityID: where popularity is counted; `nil` for everywhere.
    /// - Throws: ``Refusal/cursorInvalid``.
    static func listing(
        _ filter: MovieFilter, page: PageRequest, adding columns: Query = "", from tables: Query = "movies", where more: [Query?] = [],
        popularityIn cityID: Int64? = nil
    ) throws -> Query {
        let conditions: [Query?] =
            [
                "movies.deleted_at IS NULL",
                filter.state.map { "movies.state = \($0)" },
                filter.wantedTitle.map { "movies.folded_title LIKE folded_part(\($0)::text)" },
            ] + more
        let start = try start(of: page, order: filter.order)
        let order: Query
        switch filter.order {
        case .newest: order = "movies.release_date DESC, movies.id DESC"
        case .oldest: order = "movies.release_date, movies.id"
        case .title: order = "movies.title, movies.id"
        case .popularity:
            return """
                SELECT *
                FROM (
                    SELECT \(Self.columns)\(columns), \(popularity(cityID)) AS popularity
                    FROM \(tables)
                    WHERE \(conditions.conjunction)
                ) AS listed
                WHERE \(start ?? "TRUE")
                ORDER BY listed.popularity DESC, listed.id DESC
                LIMIT \(page.rowLimit)
                """
        }
        return """
            SELECT \(Self.columns)\(columns)
            FROM \(tables)
            WHERE \((conditions + [start]).conjunction)
            ORDER BY \(order)
            LIMIT \(page.rowLimit)
            """
    }

    /// How many tickets are counted for ``MovieFilter/Order/popularity``, by the index on movie and day, or city, movie and day.
    private static func popularity(_ cityID: Int64?) -> Query {
        let conditions: [Query?] = [
            "showtime_figures.movie_id = movies.id",
            "showtime_figures.business_day >= CURRENT_DATE - 7",
            cityID.map { "showtime_figures.city_id = \($0)" },
        ]
        return """
            (
                SELECT coalesce(sum(showtime_figures.tickets), 0)
                FROM showtime_figures
                WHERE \(conditions.conjunction)
            )
            """
    }

    /// The condition that starts a page after the end of the page before; a cursor of another order is refused.
    private static func start(of page: PageRequest, order: MovieFilter.Order) throws -> Query? {
        guard let keys = try page.keys(count: 3) else { return nil }
        guard keys[0] == order.rawValue, let id = Int64(keys[2]) else { throw Refusal.cursorInvalid }
        switch order {
        case .title: return "(movies.title, movies.id) > (\(keys[1]), \(id))"
        case .popularity:
            guard let tickets = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return "(listed.popularity, listed.id) < (\(tickets)::bigint, \(id)::bigint)"
        case .newest, .oldest:
            guard let day = CalendarDay(keys[1]) else { throw Refusal.cursorInvalid }
            return order == .newest
                ? "(movies.release_date, movies.id) < (\(day), \(id))"
                : "(movies.release_date, movies.id) > (\(day), \(id))"
        }
    }

    /// The keys of a row of ``listing(_:page:adding:from:where:popularityIn:)``.
    static func key(_ row: PostgresRow, order: MovieFilter.Order) throws -> [String] {
        let key: String =
            switch order {
            case .newest, .oldest: (try row["release_date"] as CalendarDay).description
            case .title: try row["title"]
            case .popularity: String(try row["popularity"] as Int64)
            }
        return [order.rawValue, key, String(try row["id"] as Int64)]
    }

    func movie(_ id: Int64, in session: some PostgresSession) async throws -> Movie? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            """,
            Movie.init(row:)
        )
    }

    /// A movie and its people, read in one statement so that they are as of one moment.
    func detail(_ id: Int64, in session: some PostgresSession) async throws -> MovieDetail? {
        try await session.row(
            """
            SELECT \(Self.columns),
                \(PeopleStore.columns)
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            """
        ) { row in
            MovieDetail(movie: try Movie(row: row), people: try PeopleStore.credits(row))
        }
    }

    /// A movie that can be neither changed nor deleted until the transaction ends.
    func movieForScheduling(_ id: Int64, in transaction: PostgresTransaction) async throws -> Movie? {
        try await transaction.row(
            """
            SELECT \(Self.columns)
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            FOR SHARE OF movies
            """,
            Movie.init(row:)
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

    /// Changes a movie, all but its people, if it still has this version (`nil`: any).
    ///
    /// - Returns: whether there was one.
    func change(_ id: Int64, version: Int64?, _ change: MovieChange, in transaction: PostgresTransaction) async throws -> Bool {
        var company: Query = "movies.company_id"
        if let companyID = change.companyID {
            company = "\(companyID)"
        }
        return try await transaction.execute(
            """
            UPDATE movies
            SET title = coalesce(\(change.title), movies.title),
                duration_min = coalesce(\(change.durationMin), movies.duration_min),
                release_date = coalesce(\(change.releaseDate), movies.release_date),
                company_id = \(company),
                formats = coalesce(\(change.formats), movies.formats),
                languages = coalesce(\(change.languages), movies.languages),
                genres = coalesce(\(change.genres), movies.genres),
                minimum_price_fen = coalesce(\(change.minimumPriceFen), movies.minimum_price_fen),
                state = coalesce(\(change.state), movies.state),
                version = movies.version + 1
            WHERE \(Self.isMovie(id, version: version))
            """
        ) == 1
    }

    /// Marks a movie as deleted if it still has this version (`nil`: any), and holds its lock against scheduling.
    ///
    /// - Returns: whether there was one.
    func delete(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE movies
            SET deleted_at = clock_timestamp(),
                version = movies.version + 1
            WHERE \(Self.isMovie(id, version: version))
            """
        ) == 1
    }

    /// Whether a showtime of the movie is neither over nor cancelled.
    func hasShowtimes(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        // No showtime lasts a whole day, so a search by the index on the start finds those that are still running too.
        try await transaction.row(
            """
            SELECT showtimes.id
            FROM showtimes
            WHERE showtimes.movie_id = \(id)
                AND showtimes.starts_at > clock_timestamp() - INTERVAL '1 day'
                AND showtimes.ends_at > clock_timestamp()
                AND showtimes.cancelled_at IS NULL
            LIMIT 1
            """
        ) { row -> Int64 in try row["id"] } != nil
    }

    /// Whether a row is this movie in this version (`nil`: any).
    private static func isMovie(_ id: Int64, version: Int64?) -> Query {
        let conditions: [Query?] = ["movies.id = \(id)", "movies.deleted_at IS NULL", version.map { "movies.version = \($0)" }]
        return conditions.conjunction
    }
}

extension Movie {
    /// Reads ``MovieStore/columns``.
    init(row: PostgresRow) throws {
        self.init(
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
