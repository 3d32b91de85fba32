import Database
import Text

/// Counts tickets anew, to compare the result with the figures of showtimes or to replace them.
struct ShowtimeFiguresStore: Sendable {
    /// Showtimes by id with stored and counted figures, both as of one moment. Uses the index on showtime of tickets.
    func counted(after id: Int64, limit: Int, in session: some PostgresSession) async throws -> [CountedShowtime] {
        try await session.rows(
            """
            SELECT
                showtimes.id, showtimes.business_day, showtimes.movie_id, showtimes.cinema_id,
                counted.tickets, counted.orders, counted.box_office_fen, counted.service_fee_fen,
                showtime_figures.business_day AS kept_business_day, showtime_figures.movie_id AS kept_movie_id, showtime_figures.cinema_id AS kept_cinema_id,
                showtime_figures.tickets::bigint AS kept_tickets, showtime_figures.orders::bigint AS kept_orders,
                showtime_figures.box_office_fen AS kept_box_office_fen, showtime_figures.service_fee_fen AS kept_service_fee_fen
            FROM (
                SELECT id, business_day, movie_id, cinema_id
                FROM showtimes
                WHERE id > \(id)
                ORDER BY id
                LIMIT \(limit)
            ) AS showtimes
            CROSS JOIN LATERAL (\(Self.count)) AS counted
            LEFT JOIN showtime_figures ON showtime_figures.showtime_id = showtimes.id
            ORDER BY showtimes.id
            """
        ) { row in
            CountedShowtime(
                showtimeID: try row["id"],
                kept: try Self.kept(row),
                counted: ShowtimeFigures(
                    businessDay: try row["business_day"],
                    movieID: try row["movie_id"],
                    cinemaID: try row["cinema_id"],
                    tickets: try row["tickets"],
                    orders: try row["orders"],
                    boxOfficeFen: try row["box_office_fen"],
                    serviceFeeFen: try row["service_fee_fen"]
                )
            )
        }
    }

    /// Locks a showtime in the same way as statements that issue or void its tickets.
    func lock(_ showtimeID: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            SELECT id
            FROM showtimes
            WHERE id = \(showtimeID)
            FOR UPDATE
            """
        )
    }

    /// Writes the figures of a showtime anew. An existing city stays: it is the city of the first sale.
    func recount(_ showtimeID: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO showtime_figures (
                showtime_id, business_day, movie_id, cinema_id, city_id, tickets, orders, box_office_fen, service_fee_fen
            )
            SELECT
                showtimes.id, showtimes.business_day, showtimes.movie_id, showtimes.cinema_id, cinemas.city_id,
                counted.tickets, counted.orders, counted.box_office_fen, counted.service_fee_fen
            FROM showtimes
            JOIN cinemas ON cinemas.id = showtimes.cinema_id
            CROSS JOIN LATERAL (\(Self.count)) AS counted
            WHERE showtimes.id = \(showtimeID)
            ON CONFLICT (showtime_id) DO UPDATE
            SET business_day = excluded.business_day,
                movie_id = excluded.movie_id,
                cinema_id = excluded.cinema_id,
                tickets = excluded.tickets,
                orders = excluded.orders,
                box_office_fen = excluded.box_office_fen,
                service_fee_fen = excluded.service_fee_fen
            """
        )
    }

    /// Counts the tickets of `showtimes.id` that are not void and belong to paid orders.
    private static let count: Query = """
        SELECT
            count(*) AS tickets,
            count(DISTINCT tickets.order_id) AS orders,
            coalesce(sum(tickets.price_fen + tickets.others_fen), 0)::bigint AS box_office_fen,
            coalesce(sum(tickets.service_fee_fen), 0)::bigint AS service_fee_fen
        FROM tickets
        JOIN orders ON orders.id = tickets.order_id
        WHERE tickets.showtime_id = showtimes.id
            AND tickets.state <> 'refunded'
            AND orders.state IN ('paid', 'collected')
        """

    private static func kept(_ row: PostgresRow) throws -> ShowtimeFigures? {
        guard let businessDay: CalendarDay = try row["kept_business_day"] else { return nil }
        return ShowtimeFigures(
            businessDay: businessDay,
            movieID: try row["kept_movie_id"],
            cinemaID: try row["kept_cinema_id"],
            tickets: try row["kept_tickets"],
            orders: try row["kept_orders"],
            boxOfficeFen: try row["kept_box_office_fen"],
            serviceFeeFen: try row["kept_service_fee_fen"]
        )
    }
}
