import Callers
import Database
import Text

/// Lists of movies in the database, in the orders that people want, and by what they type.
struct MovieListStore: Sendable {
    private let run: MovieRun
    private let search = NameSearch()

    init(run: MovieRun) {
        self.run = run
    }

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
                searched.map { searched in "movies.id IN (SELECT hits.id FROM (\(hits(of: searched, filter, surroundings))) AS hits)" },
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
                    SELECT \(MovieStore.columns(run))\(surroundings.columns), \(Self.popularity(surroundings.cityID)) AS popularity
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
            SELECT \(MovieStore.columns(run))\(surroundings.columns)
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
        let conditions: [Query?] = ["movies.deleted_at IS NULL", start]
        return """
            \(surroundings.prefix)
            SELECT \(MovieStore.columns(run))\(surroundings.columns), hits.rank
            FROM (\(hits(of: searched, filter, surroundings))) AS hits
            JOIN movies ON movies.id = hits.id
            \(surroundings.join)
            WHERE \(conditions.conjunction)
            ORDER BY hits.rank, hits.id DESC
            LIMIT \(page.rowLimit)
            """
    }

    /// Which movies are found, among those that the list may have: so that the many that it may not have push none out.
    private func hits(of searched: SearchedName, _ filter: MovieFilter, _ surroundings: MovieListSurroundings) -> Query {
        let wanted = ([filter.state.map { "\(run.state) = \($0)" }] + surroundings.conditions).compactMap(\.self)
        guard !wanted.isEmpty else { return NameSearch.hits(of: searched, among: .movie) }
        return NameSearch.hits(
            of: searched, among: .movie,
            where: """
                EXISTS (
                    SELECT
                    FROM movies
                    \(surroundings.join)
                    WHERE movies.id = names.movie_id
                        AND \(wanted.joined(separator: " AND "))
                )
                """)
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
