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
            movies.state AS pinned_state, movies.created_at, movies.version
        """
    }
    private static let contentColumns: Query = """
        movies.original_title, movies.other_titles, movies.synopsis, movies.countries, movies.content_notice, movies.preview_date,
            movies.trailers, movies.film_code, movies.eidr
        """

    private let search = NameSearch()

    /// A page of the movies that the filter lets through, in its order.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func movies(_ filter: MovieFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Movie> {
        try await movies(filter, page: page, surroundedBy: MovieListSurroundings(), in: session, Movie.init(row:))
    }

    /// A page of a list of movies that says more than ``MovieFilter``.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func movies(
        _ filter: MovieFilter, page: PageRequest, surroundedBy surroundings: MovieListSurroundings, in session: some PostgresSession,
        _ read: (PostgresRow) throws -> Movie
    ) async throws -> Page<Movie> {
        var searched: SearchedName?
        if let text = filter.text { searched = try await search.searched(text, in: session) }
        let isRanked = searched != nil && filter.order == .relevance
        let rows = try await session.rows(try listing(filter, searched, page: page, surroundedBy: surroundings)) { row in
            (movie: try read(row), key: try Self.key(row, order: filter.order, isRanked: isRanked))
        }
        return Page(rows, request: page, key: \.key).map(\.movie)
    }

    /// The query behind a list of movies.
    ///
    /// - Parameter searched: what the filter's text means; by relevance those come first that fit best to it.
    /// - Throws: ``Refusal/cursorInvalid``.
    func listing(
        _ filter: MovieFilter, _ searched: SearchedName? = nil, page: PageRequest,
        surroundedBy surroundings: MovieListSurroundings = MovieListSurroundings()
    ) throws -> Query {
        if let searched, filter.order == .relevance {
            return try ranking(searched, filter, page: page, surroundedBy: surroundings)
        }
        let conditions: [Query?] =
            [
                "movies.deleted_at IS NULL",
                filter.state.map { "\(run.state) = \($0)" },
                searched.map { searched in "movies.id IN (SELECT hits.id FROM (\(hits(of: searched, filter))) AS hits)" },
            ] + surroundings.conditions
        let start = try Self.start(of: page, order: filter.order)
        let order: Query
        switch filter.order {
        case .newest, .relevance: order = "movies.release_date DESC, movies.id DESC"
        case .oldest: order = "movies.release_date, movies.id"
        case .title: order = "movies.title, movies.id"
        case .popularity:
            return """
                \(surroundings.prefix)
                SELECT *
                FROM (
                    SELECT \(Self.columns(run))\(surroundings.columns), \(Self.popularity(surroundings.cityID)) AS popularity
                    FROM movies
                    \(surroundings.join)
                    WHERE \(conditions.conjunction)
                ) AS listed
                WHERE \(start ?? "TRUE")
                ORDER BY listed.popularity DESC, listed.id DESC
                LIMIT \(page.rowLimit)
                """
        }
        return """
            \(surroundings.prefix)
            SELECT \(Self.columns(run))\(surroundings.columns)
            FROM movies
            \(surroundings.join)
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

    /// The query behind a list of movies of which those come first that fit best to what is searched.
    func ranking(
        _ searched: SearchedName, _ filter: MovieFilter, page: PageRequest,
        surroundedBy surroundings: MovieListSurroundings = MovieListSurroundings()
    ) throws -> Query {
        let start: Query? = try page.keys(count: 3).map { keys in
            guard keys[0] == filter.order.rawValue, let rank = Int32(keys[1]), let id = Int64(keys[2]), id > 0 else {
                throw Refusal.cursorInvalid
            }
            return "(hits.rank, -hits.id) > (\(Int(rank)), -(\(id)::bigint))"
        }
        let conditions: [Query?] = ["movies.deleted_at IS NULL"] + surroundings.conditions + [start]
        return """
            \(surroundings.prefix)
            SELECT \(Self.columns(run))\(surroundings.columns), hits.rank
            FROM (\(hits(of: searched, filter))) AS hits
            JOIN movies ON movies.id = hits.id
            \(surroundings.join)
            WHERE \(conditions.conjunction)
            ORDER BY hits.rank, hits.id DESC
            LIMIT \(page.rowLimit)
            """
    }

    /// Which movies are found, among those in the wanted state.
    private func hits(of searched: SearchedName, _ filter: MovieFilter) -> Query {
        NameSearch.hits(
            of: searched, among: .movie,
            where: filter.state.map { "EXISTS (SELECT FROM movies WHERE movies.id = names.movie_id AND \(run.state) = \($0))" })
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
        case .newest, .oldest, .relevance:
            guard let day = CalendarDay(keys[1]) else { throw Refusal.cursorInvalid }
            return order == .oldest
                ? "(movies.release_date, movies.id) > (\(day), \(id))"
                : "(movies.release_date, movies.id) < (\(day), \(id))"
        }
    }

    /// The keys of a row of ``listing(_:_:page:surroundedBy:)``.
    private static func key(_ row: PostgresRow, order: MovieFilter.Order, isRanked: Bool) throws -> [String] {
        let key: String =
            switch order {
            case .relevance where isRanked: String(try row["rank"] as Int)
            case .newest, .oldest, .relevance: (try row["release_date"] as CalendarDay).description
            case .title: try row["title"]
            case .popularity: String(try row["popularity"] as Int64)
            }
        return [order.rawValue, key, String(try row["id"] as Int64)]
    }

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
                \(CompanyStore.movieColumns)
            FROM movies
            WHERE movies.id = \(id)
                AND movies.deleted_at IS NULL
            """
        ) { row in
            MovieDetail(
                movie: try Movie(row: row), content: try MovieContent(row: row), people: try CreditStore.credits(row),
                companies: try CompanyStore.movieCompanies(row))
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
                title, duration_min, release_date, company_id, formats, languages, genres, minimum_price_fen, state,
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
        var state: Query = "movies.state"
        if let pinned = change.state {
            state = "\(pinned)"
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
                state = \(state),
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

/// What a list of movies says beside the movies, and of which of them.
struct MovieListSurroundings: Sendable {
    /// What stands before SELECT.
    var prefix: Query = ""
    /// Further columns, after a comma.
    var columns: Query = ""
    /// What is joined to the movies.
    var join: Query = ""
    var conditions: [Query?] = []
    /// Where popularity is counted; `nil` for everywhere.
    var cityID: Int64?
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
        coalesce(movies.state, CASE
            WHEN movies.release_date > \(Self.today) THEN CASE
                WHEN EXISTS (SELECT FROM showtimes WHERE \(Self.isToCome) AND \(Self.isOnSale)) THEN 'presale'
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

    private static let isOnSale: Query = """
        showtimes.closed_at IS NULL
            AND coalesce(showtimes.sale_opens_at <= statement_timestamp(), TRUE)
            AND coalesce(showtimes.sale_closes_at > statement_timestamp(), TRUE)
        """
}
