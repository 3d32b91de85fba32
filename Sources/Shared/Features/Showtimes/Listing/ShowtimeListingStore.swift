import Callers
import Database
import Foundation
import Text

/// Reads showtimes with the names of their movies, cinemas and halls.
struct ShowtimeListingStore: Sendable {
    func showtime(_ id: Int64, filter: ShowtimeFilter, in session: some PostgresSession) async throws -> Showtime? {
        try await session.row("\(Self.selection) WHERE \((["showtimes.id = \(id)"] + filter.conditions).conjunction)", Showtime.init(row:))
    }

    /// Showtimes by start.
    func showtimes(_ filter: ShowtimeFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<Showtime> {
        let start: Query? = try page.keys(count: 2).map { keys in
            let startsAt = try Date(cursorKey: keys[0])
            guard let id = Int64(keys[1]) else { throw Refusal.cursorInvalid }
            return "(showtimes.starts_at, showtimes.id) > (\(startsAt)::timestamptz, \(id)::bigint)"
        }
        let rows = try await session.rows(
            """
            \(Self.selection)
            WHERE \((filter.conditions + [start]).conjunction)
            ORDER BY showtimes.starts_at, showtimes.id
            LIMIT \(page.rowLimit)
            """,
            Showtime.init(row:)
        )
        return Page(rows, request: page) { [$0.startsAt.cursorKey, String($0.id)] }
    }

    private static let selection: Query = """
        SELECT
            showtimes.id,
            showtimes.merchant_id,
            showtimes.cinema_id,
            cinemas.name AS cinema_name,
            showtimes.hall_id,
            halls.name AS hall_name,
            showtimes.layout_id,
            showtimes.movie_id,
            movies.title AS movie_title,
            showtimes.screening_right_id,
            showtimes.starts_at,
            showtimes.ends_at,
            showtimes.occupied_until,
            showtimes.business_day,
            cinemas.time_zone,
            showtimes.format,
            showtimes.language,
            showtimes.service_fee_fen,
            showtimes.refuses_orphans,
            showtimes.preview,
            showtimes.sale_opens_at,
            showtimes.sale_closes_at,
            showtimes.closed_at,
            showtimes.cancelled_at,
            showtimes.version,
            clock_timestamp() AS now,
            \(ShowtimeSale.mayBeSold) AS may_be_sold,
            ARRAY(
                SELECT zone
                FROM showtime_prices
                WHERE showtime_id = showtimes.id
                ORDER BY zone
            ) AS zones,
            ARRAY(
                SELECT price_fen
                FROM showtime_prices
                WHERE showtime_id = showtimes.id
                ORDER BY zone
            ) AS prices_fen
        FROM showtimes
        JOIN halls ON halls.id = showtimes.hall_id
        JOIN cinemas ON cinemas.id = showtimes.cinema_id
        JOIN merchants ON merchants.id = showtimes.merchant_id
        JOIN movies ON movies.id = showtimes.movie_id
        """
}

extension ShowtimeFilter {
    /// What has to hold.
    fileprivate var conditions: [Query?] {
        [
            scope.condition(merchant: "showtimes.merchant_id", cinema: "showtimes.cinema_id"),
            merchantID.map { "showtimes.merchant_id = \($0)" },
            cinemaID.map { "showtimes.cinema_id = \($0)" },
            hallID.map { "showtimes.hall_id = \($0)" },
            movieID.map { "showtimes.movie_id = \($0)" },
            day.map { day in
                """
                \(Self.starts(around: day, hours: 48))
                    AND showtimes.business_day = \(day)::date
                """
            },
            calendarDay.map { day in
                """
                \(Self.starts(around: day, hours: 36))
                    AND (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date = \(day)::date
                """
            },
            isUpcoming ? "showtimes.starts_at > statement_timestamp()" : nil,
            isPublic ? Self.isPublic : nil,
        ]
    }

    /// For the index on the start, a day in all zones of the earth, which go from 12 hours behind to 14 ahead.
    ///
    /// - Parameter hours: how long the day may last; a business day ends at noon of the next day at the latest.
    private static func starts(around day: CalendarDay, hours: Int) -> Query {
        """
        showtimes.starts_at >= \(day)::timestamp AT TIME ZONE 'UTC' - INTERVAL '14 hours'
            AND showtimes.starts_at < \(day)::timestamp AT TIME ZONE 'UTC' + make_interval(hours => \(hours))
        """
    }

    private static let isPublic: Query = """
        showtimes.cancelled_at IS NULL
            AND merchants.verified_at IS NOT NULL
            AND cinemas.deleted_at IS NULL
            AND movies.deleted_at IS NULL
        """
}

extension Showtime {
    fileprivate init(row: PostgresRow) throws {
        let zones: [String] = try row["zones"]
        let prices: [Int64] = try row["prices_fen"]
        let sale = SaleWindow(
            opensAt: try row["sale_opens_at"],
            closesAt: try row["sale_closes_at"],
            startsAt: try row["starts_at"],
            closedAt: try row["closed_at"],
            cancelledAt: try row["cancelled_at"]
        )
        self.init(
            id: try row["id"],
            merchantID: try row["merchant_id"],
            cinemaID: try row["cinema_id"],
            cinemaName: try row["cinema_name"],
            hallID: try row["hall_id"],
            hallName: try row["hall_name"],
            layoutID: try row["layout_id"],
            movieID: try row["movie_id"],
            movieTitle: try row["movie_title"],
            screeningRightID: try row["screening_right_id"],
            startsAt: sale.startsAt,
            endsAt: try row["ends_at"],
            occupiedUntil: try row["occupied_until"],
            businessDay: try row["business_day"],
            timeZone: try row["time_zone"],
            format: try row["format"],
            language: try row["language"],
            prices: zip(zones, prices).map(ZonePrice.init),
            serviceFeeFen: try row["service_fee_fen"],
            refusesOrphans: try row["refuses_orphans"],
            isPreview: try row["preview"],
            sale: sale,
            state: sale.state(at: try row["now"]).selling(try row["may_be_sold"]),
            version: try row["version"]
        )
    }
}
