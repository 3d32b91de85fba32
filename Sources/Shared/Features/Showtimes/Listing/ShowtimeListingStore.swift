import Callers
import Database
import Foundation

/// Reads showtimes with the names of their movies, cinemas and halls.
struct ShowtimeListingStore: Sendable {
    func showtime(_ id: Int64, filter: ShowtimeFilter, in session: some PostgresSession) async throws -> Showtime? {
        try await session.row("\(Self.selection) WHERE showtimes.id = \(id) \(filter.conditions)", Self.showtime)
    }

    /// Showtimes by start, one more than the limit.
    func showtimes(
        _ filter: ShowtimeFilter, after key: (startsAt: Date, id: Int64)?, limit: Int, in session: some PostgresSession
    ) async throws -> [Showtime] {
        var conditions = filter.conditions
        if let key {
            conditions = "\(conditions) AND (showtimes.starts_at, showtimes.id) > (\(key.startsAt)::timestamptz, \(key.id)::bigint)"
        }
        return try await session.rows(
            "\(Self.selection) WHERE TRUE \(conditions) ORDER BY showtimes.starts_at, showtimes.id LIMIT \(limit + 1)", Self.showtime
        )
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
            merchants.verified_at IS NOT NULL
                AND movies.state <> 'ended'
                AND EXISTS (
                    SELECT
                    FROM screening_rights
                    WHERE screening_rights.merchant_id = showtimes.merchant_id
                        AND screening_rights.movie_id = showtimes.movie_id
                        AND screening_rights.state = 'granted'
                        AND (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date
                            BETWEEN screening_rights.valid_from AND screening_rights.valid_to
                ) AS may_be_sold,
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

    private static func showtime(_ row: PostgresRow) throws -> Showtime {
        let zones: [String] = try row["zones"]
        let prices: [Int64] = try row["prices_fen"]
        let sale = SaleWindow(
            opensAt: try row["sale_opens_at"],
            closesAt: try row["sale_closes_at"],
            startsAt: try row["starts_at"],
            closedAt: try row["closed_at"],
            cancelledAt: try row["cancelled_at"]
        )
        return Showtime(
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

extension ShowtimeFilter {
    /// The conditions of the filter, each with its AND.
    fileprivate var conditions: Query {
        var conditions: Query = ""
        if !scope.isEverybody {
            conditions = "\(conditions) AND \(scope.condition(merchant: "showtimes.merchant_id", cinema: "showtimes.cinema_id"))"
        }
        if let merchantID { conditions = "\(conditions) AND showtimes.merchant_id = \(merchantID)" }
        if let cinemaID { conditions = "\(conditions) AND showtimes.cinema_id = \(cinemaID)" }
        if let hallID { conditions = "\(conditions) AND showtimes.hall_id = \(hallID)" }
        if let movieID { conditions = "\(conditions) AND showtimes.movie_id = \(movieID)" }
        // These bounds let PostgreSQL use the index on the start. They cover the day in all time zones, which go from 12 hours behind UTC
        // to 14 ahead. A business day ends at noon of the next day at the latest.
        if let day {
            conditions = """
                \(conditions)
                AND showtimes.starts_at >= \(day)::timestamp AT TIME ZONE 'UTC' - INTERVAL '14 hours'
                AND showtimes.starts_at < \(day)::timestamp AT TIME ZONE 'UTC' + INTERVAL '48 hours'
                AND showtimes.business_day = \(day)::date
                """
        }
        if let calendarDay {
            conditions = """
                \(conditions)
                AND showtimes.starts_at >= \(calendarDay)::timestamp AT TIME ZONE 'UTC' - INTERVAL '14 hours'
                AND showtimes.starts_at < \(calendarDay)::timestamp AT TIME ZONE 'UTC' + INTERVAL '36 hours'
                AND (showtimes.starts_at AT TIME ZONE cinemas.time_zone)::date = \(calendarDay)::date
                """
        }
        if isUpcoming { conditions = "\(conditions) AND showtimes.starts_at > clock_timestamp()" }
        if isPublic {
            conditions = """
                \(conditions)
                AND showtimes.cancelled_at IS NULL
                AND merchants.verified_at IS NOT NULL
                AND cinemas.deleted_at IS NULL
                AND movies.deleted_at IS NULL
                """
        }
        return conditions
    }
}
