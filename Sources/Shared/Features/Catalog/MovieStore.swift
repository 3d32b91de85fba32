import Callers
import Database
import Text

/// Movies in the database. No method finds a deleted one.
struct MovieStore: Sendable {
    private let run: MovieRun

    init(run: MovieRun) {
        self.run = run
    }

    /// What ``Movie`` is read from.
    static func columns(_ run: MovieRun) -> Query {
        """
        movies.id, movies.title, movies.duration_min, movies.release_date, movies.company_id,
            (SELECT companies.name FROM companies WHERE companies.id = movies.company_id) AS company_name,
            movies.formats, movies.languages, movies.genres, movies.minimum_price_fen, \(run.state) AS state,
            movies.pinned_state, movies.created_at, movies.version,
            \(ShownPictureStore.one(.poster, of: .movie, id: "movies.id")) AS poster
        """
    }

    private static let contentColumns: Query = """
        movies.original_title, movies.other_titles, movies.synopsis, movies.countries, movies.content_notice, movies.preview_date,
            movies.trailers, movies.film_code, movies.eidr
        """

    func movie(_ id: Int64, in session: some PostgresSession) async throws -> Movie? {
        try await session.row(
            """
            SELECT \(Self.columns(run))
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            """,
            Movie.init(row:)
        )
    }

    /// A movie with its content, people and companies, read in one statement so that they are as of one moment.
    func detail(_ id: Int64, in session: some PostgresSession) async throws -> MovieDetail? {
        try await session.row(
            """
            SELECT \(Self.columns(run)),
                \(Self.contentColumns),
                \(CreditStore.columns),
                \(CompanyStore.movieColumns),
                \(ShownPictureStore.list(.still, of: .movie, id: "movies.id")) AS stills
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            """
        ) { row in
            MovieDetail(
                movie: try Movie(row: row), content: try MovieContent(row: row), people: try CreditStore.credits(row),
                companies: try CompanyStore.movieCompanies(row), stills: try ShownPictureStore.pictures("stills", in: row))
        }
    }

    /// A movie that can be neither changed nor deleted until the transaction ends.
    func movieForScheduling(_ id: Int64, in transaction: PostgresTransaction) async throws -> Movie? {
        try await transaction.row(
            """
            SELECT \(Self.columns(run))
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            FOR SHARE OF movies
            """,
            Movie.init(row:)
        )
    }

    /// Adds a movie without its people and companies.
    ///
    /// - Returns: its id.
    func add(_ new: NewMovie, in transaction: PostgresTransaction) async throws -> Int64 {
        let content = new.content
        return try await transaction.requiredRow(
            """
            INSERT INTO movies (
                title, duration_min, release_date, company_id, formats, languages, genres, minimum_price_fen, pinned_state,
                original_title, other_titles, synopsis, countries, content_notice, preview_date, trailers, film_code, eidr
            )
            VALUES (
                \(new.title), \(new.durationMin), \(new.releaseDate), \(new.companyID), \(new.formats), \(new.languages),
                \(new.genres), \(new.minimumPriceFen), \(new.state), \(content.originalTitle), \(content.otherTitles),
                \(content.synopsis), \(content.countries), \(content.contentNotice), \(content.previewDate), \(content.trailers),
                \(content.filmCode), \(content.eidr)
            )
            RETURNING id
            """
        ) { row in try row["id"] }
    }

    /// Changes a movie, all but its people and companies, if it still has this version (`nil`: any).
    ///
    /// - Parameter content: all of it, as it is afterwards.
    /// - Returns: whether there was one.
    func change(
        _ id: Int64, version: Int64?, _ change: MovieChange, content: MovieContent, in transaction: PostgresTransaction
    ) async throws -> Bool {
        var company: Query = "movies.company_id"
        if let companyID = change.companyID {
            company = "\(companyID)"
        }
        var pinnedState: Query = "movies.pinned_state"
        if let pinned = change.state {
            pinnedState = "\(pinned)"
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
                pinned_state = \(pinnedState),
                original_title = \(content.originalTitle),
                other_titles = \(content.otherTitles),
                synopsis = \(content.synopsis),
                countries = \(content.countries),
                content_notice = \(content.contentNotice),
                preview_date = \(content.previewDate),
                trailers = \(content.trailers),
                film_code = \(content.filmCode),
                eidr = \(content.eidr),
                version = movies.version + 1
            WHERE \(Self.isMovie(id, version: version))
            """
        ) == 1
    }

    /// Locks a movie, so that nobody else changes it until the transaction ends.
    ///
    /// - Returns: whether there is one.
    func lock(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row(
            """
            SELECT movies.id
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            FOR NO KEY UPDATE
            """
        ) { row -> Int64 in try row["id"] } != nil
    }

    /// Which of these codes another movie has.
    ///
    /// - Parameter id: the movie that may have them; `nil` for a new one.
    func takenCodes(
        filmCode: String?, eidr: String?, besides id: Int64?, in transaction: PostgresTransaction
    ) async throws -> (filmCode: Bool, eidr: Bool) {
        guard filmCode != nil || eidr != nil else { return (false, false) }
        let others: Query = "movies.deleted_at IS NULL AND movies.id IS DISTINCT FROM \(id)"
        return try await transaction.requiredRow(
            """
            SELECT
                EXISTS (SELECT FROM movies WHERE movies.film_code = \(filmCode) AND \(others)) AS film_code,
                EXISTS (SELECT FROM movies WHERE movies.eidr = \(eidr) AND \(others)) AS eidr
            """
        ) { row in (try row["film_code"], try row["eidr"]) }
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
    /// Reads ``MovieStore/columns(_:)``.
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
            pinnedState: try row["pinned_state"],
            poster: try ShownPictureStore.picture("poster", in: row),
            createdAt: try row["created_at"],
            version: try row["version"]
        )
    }
}

extension MovieContent {
    fileprivate init(row: PostgresRow) throws {
        self.init()
        originalTitle = try row["original_title"]
        otherTitles = try row["other_titles"]
        synopsis = try row["synopsis"]
        countries = try row["countries"]
        contentNotice = try row["content_notice"]
        previewDate = try row["preview_date"]
        trailers = try row["trailers"]
        filmCode = try row["film_code"]
        eidr = try row["eidr"]
    }
}

// MARK: - Where movies stand

extension MovieRun {
    /// The state as an expression on a row of `movies`. Showtimes are looked up by the index on movie and start.
    var state: Query {
        """
        coalesce(movies.pinned_state, CASE
            WHEN movies.release_date > \(Self.today) THEN CASE
                WHEN EXISTS (\(Self.onSale)) THEN 'presale'
                ELSE 'coming'
            END
            WHEN movies.release_date + \(days)::integer > \(Self.today) THEN 'showing'
            WHEN EXISTS (SELECT FROM showtimes WHERE \(Self.isToCome)) THEN 'showing'
            ELSE 'ended'
        END)
        """
    }

    /// The day in China, where movies are released.
    private static let today: Query = "(statement_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"

    private static let isToCome: Query = """
        showtimes.movie_id = movies.id AND showtimes.starts_at > statement_timestamp() AND showtimes.cancelled_at IS NULL
        """

    private static let onSale: Query = """
        SELECT
        FROM showtimes
        JOIN cinemas ON cinemas.id = showtimes.cinema_id
        JOIN merchants ON merchants.id = showtimes.merchant_id
        WHERE showtimes.movie_id = movies.id
            AND \(ShowtimeSale.isUpcomingOnSale)
        """
}
