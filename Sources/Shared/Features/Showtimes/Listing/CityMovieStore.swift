import Callers
import Database

/// Reads which movies a city shows.
struct CityMovieStore: Sendable {
    private let movieListStore: MovieListStore

    init(run: MovieRun) {
        movieListStore = MovieListStore(run: run)
    }

    /// A page of the movies with a showtime to come in a city that is on sale, each with what is on there today.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func movies(_ filter: MovieFilter, cityID: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<Movie> {
        try await movieListStore.movies(filter, page: page, surroundedBy: Self.surroundings(cityID: cityID), in: session) { row in
            var movie = try Movie(row: row)
            movie.today = ShowingsToday(showtimes: try row["showtimes_today"], cinemas: try row["cinemas_today"])
            return movie
        }
    }

    func listing(_ filter: MovieFilter, cityID: Int64, page: PageRequest) throws -> Query {
        try movieListStore.listing(filter, page: page, surroundedBy: Self.surroundings(cityID: cityID))
    }

    /// The showtimes of today are counted once for all movies, by the index on cinema and start. A movie with none of them is looked for in
    /// each cinema, by the index on cinema, movie and start; first by the one on movie and start, since most movies are shown nowhere.
    private static func surroundings(cityID: Int64) -> MovieListSurroundings {
        let showsLater: Query = """
            EXISTS (
                SELECT
                FROM showtimes
                WHERE showtimes.movie_id = movies.id
                    AND showtimes.starts_at > statement_timestamp()
            )
            AND EXISTS (
                SELECT
                FROM cinemas
                JOIN merchants ON merchants.id = cinemas.merchant_id
                JOIN showtimes ON showtimes.cinema_id = cinemas.id AND showtimes.movie_id = movies.id
                WHERE cinemas.city_id = \(cityID)
                    AND cinemas.deleted_at IS NULL
                    AND \(ShowtimeSale.isUpcomingOnSale)
            )
            """
        let today: Query = """
            WITH today AS MATERIALIZED (
                SELECT showtimes.movie_id, count(*) AS showtimes, count(DISTINCT showtimes.cinema_id) AS cinemas
                FROM cinemas
                JOIN merchants ON merchants.id = cinemas.merchant_id
                JOIN showtimes ON showtimes.cinema_id = cinemas.id
                JOIN movies ON movies.id = showtimes.movie_id
                WHERE cinemas.city_id = \(cityID)
                    AND cinemas.deleted_at IS NULL
                    AND showtimes.starts_at < statement_timestamp() + INTERVAL '25 hours'
                    AND showtimes.business_day = (
                        (statement_timestamp() AT TIME ZONE cinemas.time_zone) - make_interval(hours => cinemas.day_ends_at_hour)
                    )::date
                    AND \(ShowtimeSale.isUpcomingOnSale)
                GROUP BY showtimes.movie_id
            )
            """
        return MovieListSurroundings(
            prefix: today,
            columns: ", coalesce(today.showtimes, 0) AS showtimes_today, coalesce(today.cinemas, 0) AS cinemas_today",
            join: "LEFT JOIN today ON today.movie_id = movies.id",
            conditions: ["(today.movie_id IS NOT NULL OR (\(showsLater)))"],
            cityID: cityID
        )
    }
}
