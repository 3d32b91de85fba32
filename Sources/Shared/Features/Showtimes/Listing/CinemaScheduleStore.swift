import Callers
import Database
import Text

/// Reads what a cinema shows.
struct CinemaScheduleStore: Sendable {
    /// For how many days ahead a schedule looks.
    static let daysAhead = 30

    /// The business days of a cinema with showtimes to come that everybody may see, the next one first. By the index on cinema and start.
    func days(cinemaID: Int64, in session: some PostgresSession) async throws -> [CinemaSchedule.Day] {
        try await session.rows(
            """
            SELECT showtimes.business_day, count(*) AS showtimes
            FROM showtimes
            JOIN movies ON movies.id = showtimes.movie_id
            WHERE showtimes.cinema_id = \(cinemaID)
                AND showtimes.starts_at > statement_timestamp()
                AND showtimes.starts_at < statement_timestamp() + make_interval(days => \(Self.daysAhead))
                AND showtimes.cancelled_at IS NULL
                AND movies.deleted_at IS NULL
            GROUP BY showtimes.business_day
            ORDER BY showtimes.business_day
            """
        ) { CinemaSchedule.Day(day: try $0["business_day"], showtimes: try $0["showtimes"]) }
    }

    func movies(ids: Set<Int64>, in session: some PostgresSession) async throws -> [Int64: ScheduledMovie] {
        let movies = try await session.rows(
            """
            SELECT movies.id, movies.title, movies.duration_min, movies.genres,
                \(ShownPictureStore.one(.poster, of: .movie, id: "movies.id")) AS poster
            FROM movies
            WHERE movies.id = ANY (\(Array(ids))::bigint[])
            """
        ) { row in
            (
                id: try row["id"] as Int64,
                movie: ScheduledMovie(
                    title: try row["title"], durationMin: try row["duration_min"], genres: try row["genres"],
                    poster: try ShownPictureStore.picture("poster", in: row))
            )
        }
        return Dictionary(movies.map { ($0.id, $0.movie) }, uniquingKeysWith: { first, _ in first })
    }

    /// How full showtimes are: the seats of each layout are counted once, the claims by the primary key of each showtime's.
    func occupancy(showtimeIDs: [Int64], in session: some PostgresSession) async throws -> [Int64: SeatOccupancy] {
        let rows = try await session.rows(
            """
            WITH wanted AS (
                SELECT id, layout_id
                FROM showtimes
                WHERE id = ANY (\(showtimeIDs)::bigint[])
            ), sold AS (
                SELECT layout_id, zone, count(*) AS seats
                FROM seats
                WHERE layout_id IN (SELECT layout_id FROM wanted)
                    AND kind IN ('standard', 'couple_left', 'couple_right', 'wheelchair')
                GROUP BY layout_id, zone
            ), claimed AS (
                SELECT seat_claims.showtime_id, count(*) AS seats
                FROM seat_claims
                JOIN seats ON seats.id = seat_claims.seat_id
                WHERE seat_claims.showtime_id IN (SELECT id FROM wanted)
                    AND seats.kind IN ('standard', 'couple_left', 'couple_right', 'wheelchair')
                GROUP BY seat_claims.showtime_id
            )
            SELECT
                wanted.id,
                coalesce((
                    SELECT sum(sold.seats)
                    FROM sold
                    JOIN showtime_prices ON showtime_prices.showtime_id = wanted.id AND showtime_prices.zone = sold.zone
                    WHERE sold.layout_id = wanted.layout_id
                ), 0)::bigint AS seats,
                coalesce(claimed.seats, 0) AS claimed
            FROM wanted
            LEFT JOIN claimed ON claimed.showtime_id = wanted.id
            """
        ) { row in (id: try row["id"] as Int64, occupancy: SeatOccupancy(seats: try row["seats"], claimed: try row["claimed"])) }
        return Dictionary(rows.map { ($0.id, $0.occupancy) }, uniquingKeysWith: { first, _ in first })
    }

    /// What cinemas show that is to come and isn't closed, by their ids. By the index on cinema and start, each cinema by itself.
    ///
    /// - Parameters:
    ///   - movieID: only showtimes of this movie; `nil` for any.
    ///   - day: the business day; unless given, what starts within 24 hours.
    func offers(
        cinemaIDs: [Int64], movieID: Int64?, day: CalendarDay?, in session: some PostgresSession
    ) async throws -> [Int64: CinemaOffer] {
        let rows = try await session.rows(
            """
            SELECT cinemas.id, offer.lowest_price_fen, offer.showtimes, offer.next_starts, offer.formats
            FROM cinemas
            CROSS JOIN LATERAL (\(Self.offer(movieID: movieID, day: day))) AS offer
            WHERE cinemas.id = ANY (\(cinemaIDs)::bigint[])
            """
        ) { row in (id: try row["id"] as Int64, offer: try CinemaOffer(row: row)) }
        return Dictionary(rows.map { ($0.id, $0.offer) }, uniquingKeysWith: { first, _ in first }).compactMapValues(\.self)
    }

    /// A page of cinemas by the lowest price of what they show, which is looked at for each cinema of the filter.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    func cinemasByPrice(_ filter: CinemaFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<CinemaWithOffer> {
        let rows = try await session.rows(try listingByPrice(filter, page: page)) { row in
            let chord: Double? = try row["chord"]
            return CinemaWithOffer(
                cinema: try Cinema(row: row, distanceM: chord.map { Int64(GeographicPoint.arc(ofChord: $0).rounded()) }),
                offer: try CinemaOffer(row: row))
        }
        return Page(rows, request: page) { [$0.offer?.lowestPriceFen.map { String($0) } ?? "", String($0.cinema.id)] }
    }

    /// The query behind it.
    func listingByPrice(_ filter: CinemaFilter, page: PageRequest) throws -> Query {
        let start: Query? = try page.keys(count: 2).map { keys in
            guard let id = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            guard !keys[0].isEmpty else { return "offer.lowest_price_fen IS NULL AND cinemas.id > \(id)" }
            guard let priceFen = Int64(keys[0]) else { throw Refusal.cursorInvalid }
            return "((offer.lowest_price_fen, cinemas.id) > (\(priceFen)::bigint, \(id)::bigint) OR offer.lowest_price_fen IS NULL)"
        }
        let conditions = CinemaStore().conditions(filter) + [start]
        return """
            SELECT \(CinemaStore.columns), \(filter.near.map(CinemaStore.chord(to:)) ?? "NULL::double precision") AS chord,
                offer.lowest_price_fen, offer.showtimes, offer.next_starts, offer.formats
            FROM cinemas
            CROSS JOIN LATERAL (\(Self.offer(movieID: filter.movieID, day: filter.day))) AS offer
            WHERE \(conditions.conjunction)
            ORDER BY offer.lowest_price_fen NULLS LAST, cinemas.id
            LIMIT \(page.rowLimit)
            """
    }

    /// Selects one row: what the cinema of a row of `cinemas` shows.
    private static func offer(movieID: Int64?, day: CalendarDay?) -> Query {
        let next24Hours: Query = "showtimes.starts_at < statement_timestamp() + INTERVAL '24 hours'"
        let time: Query =
            day.map { day in
                """
                showtimes.starts_at < \(day)::timestamp AT TIME ZONE 'UTC' + INTERVAL '48 hours'
                AND showtimes.business_day = \(day)::date
                """
            } ?? next24Hours
        let wanted: [Query?] = [movieID.map { "showtimes.movie_id = \($0)" }, time]
        return """
            SELECT
                min(price.lowest_fen) AS lowest_price_fen,
                count(*) AS showtimes,
                (array_agg(showtimes.starts_at ORDER BY showtimes.starts_at))[1:3] AS next_starts,
                array_agg(DISTINCT showtimes.format) AS formats
            FROM showtimes
            JOIN movies ON movies.id = showtimes.movie_id
            JOIN merchants ON merchants.id = showtimes.merchant_id
            CROSS JOIN LATERAL (
                SELECT min(showtime_prices.price_fen) AS lowest_fen
                FROM showtime_prices
                WHERE showtime_prices.showtime_id = showtimes.id
            ) AS price
            WHERE showtimes.cinema_id = cinemas.id
                AND \(wanted.conjunction)
                AND movies.deleted_at IS NULL
                AND \(ShowtimeSale.isUpcomingNotClosed)
            """
    }
}

extension CinemaOffer {
    /// - Returns: `nil` for a cinema that shows nothing.
    fileprivate init?(row: PostgresRow) throws {
        let showtimes: Int = try row["showtimes"]
        guard showtimes > 0 else { return nil }
        self.init(
            lowestPriceFen: try row["lowest_price_fen"], showtimes: showtimes, nextStarts: try row["next_starts"],
            formats: try row["formats"])
    }
}
