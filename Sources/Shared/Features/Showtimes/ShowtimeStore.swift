import Callers
import Database
import Foundation
import Text

/// Writes the rows of showtimes and their prices.
struct ShowtimeStore: Sendable {
    /// Whether a merchant is verified; `nil` when there is none.
    func isVerified(merchantID: Int64, in session: some PostgresSession) async throws -> Bool? {
        try await session.row(
            """
            SELECT verified_at IS NOT NULL AS verified
            FROM merchants
            WHERE id = \(merchantID)
            """
        ) { try $0["verified"] }
    }

    /// A granted right that covers a day; the one that lasts longest, so that a renewal is preferred.
    func grantedRight(merchantID: Int64, movieID: Int64, on day: CalendarDay, in session: some PostgresSession) async throws -> Int64? {
        try await session.row(
            """
            SELECT id
            FROM screening_rights
            WHERE merchant_id = \(merchantID)
                AND movie_id = \(movieID)
                AND state = 'granted'
                AND \(day)::date BETWEEN valid_from AND valid_to
            ORDER BY valid_to DESC, id
            LIMIT 1
            """
        ) { try $0["id"] }
    }

    /// Adds a showtime with its prices.
    ///
    /// - Throws: `PostgresError` with the constraint `showtimes_hall_occupied` when the hall is taken.
    func add(_ new: ScheduledShowtime, in transaction: PostgresTransaction) async throws -> Int64 {
        let id: Int64 = try await transaction.requiredRow(
            """
            INSERT INTO showtimes (
                merchant_id, cinema_id, hall_id, layout_id, movie_id, screening_right_id,
                starts_at, ends_at, occupied_until, business_day,
                format, language, service_fee_fen, refuses_orphans, preview, sale_opens_at, sale_closes_at
            )
            VALUES (
                \(new.merchantID), \(new.cinemaID), \(new.wanted.hallID), \(new.layoutID), \(new.wanted.movieID), \(new.screeningRightID),
                \(new.wanted.startsAt), \(new.endsAt), \(new.occupiedUntil), \(new.businessDay),
                \(new.wanted.format), \(new.wanted.language), \(new.serviceFeeFen), \(new.wanted.refusesOrphans),
                \(new.wanted.isPreview), \(new.wanted.saleOpensAt), \(new.wanted.saleClosesAt)
            )
            RETURNING id
            """
        ) { try $0["id"] }
        try await insert(new.wanted.prices, of: id, in: transaction)
        return id
    }

    /// The hall and movie of a showtime, which never change, read without a lock.
    func place(
        of id: Int64, scope: MerchantScope, in session: some PostgresSession
    ) async throws -> (hallID: Int64, movieID: Int64, layoutID: Int64)? {
        let filter: Query = "WHERE id = \(id) AND \(scope.condition(merchant: "merchant_id", cinema: "cinema_id"))"
        return try await session.row("SELECT hall_id, movie_id, layout_id FROM showtimes \(filter)") {
            (try $0["hall_id"], try $0["movie_id"], try $0["layout_id"])
        }
    }

    /// Locks a showtime until the end of the transaction.
    func lock(_ id: Int64, scope: MerchantScope, in transaction: PostgresTransaction) async throws -> Bool {
        let filter: Query = "WHERE id = \(id) AND \(scope.condition(merchant: "merchant_id", cinema: "cinema_id"))"
        return try await transaction.execute("SELECT id FROM showtimes \(filter) FOR UPDATE") == 1
    }

    /// Whether a ticket of the showtime is sold, held, or was sold and given back, or an order expired a short while ago. A late payment
    /// may still revive such an order, and must not buy another time or price than the buyer saw.
    func hasOrders(_ id: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.requiredRow(
            """
            SELECT EXISTS (
                SELECT FROM orders
                WHERE showtime_id = \(id)
                    AND (
                        state NOT IN ('cancelled', 'expired')
                        OR state = 'expired' AND expires_at > clock_timestamp() - INTERVAL '1 hour'
                    )
            ) AS present
            """
        ) { try $0["present"] }
    }

    /// Writes everything about a showtime that can change, and raises its version. It also raises the seats' revision, because prices may
    /// change.
    ///
    /// - Throws: `PostgresError` with the constraint `showtimes_hall_occupied` when the hall is taken.
    func change(_ changed: ChangedShowtime, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            .changing(
                [.seats(ofShowtime: changed.id)],
                by: """
                    UPDATE showtimes
                    SET starts_at = \(changed.startsAt),
                        ends_at = \(changed.endsAt),
                        occupied_until = \(changed.occupiedUntil),
                        business_day = \(changed.businessDay),
                        screening_right_id = \(changed.screeningRightID),
                        format = \(changed.format),
                        language = \(changed.language),
                        refuses_orphans = \(changed.refusesOrphans),
                        preview = \(changed.isPreview),
                        sale_opens_at = \(changed.sale.opensAt),
                        sale_closes_at = \(changed.sale.closesAt),
                        closed_at = \(changed.sale.closedAt),
                        version = version + 1,
                        seat_revision = seat_revision + 1
                    WHERE id = \(changed.id)
                    """
            )
        )
        guard let prices = changed.prices else { return }
        try await transaction.execute(
            """
            DELETE FROM showtime_prices
            WHERE showtime_id = \(changed.id)
            """
        )
        try await insert(prices, of: changed.id, in: transaction)
    }

    /// Marks a showtime as cancelled, once.
    func cancel(_ id: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            UPDATE showtimes
            SET cancelled_at = clock_timestamp(),
                version = version + 1
            WHERE id = \(id)
                AND cancelled_at IS NULL
            """
        )
    }

    private func insert(_ prices: [ZonePrice], of id: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO showtime_prices (showtime_id, zone, price_fen)
            SELECT \(id)::bigint, price.zone, price.price_fen
            FROM unnest(\(prices.map(\.zone))::text[], \(prices.map(\.priceFen))::bigint[]) AS price (zone, price_fen)
            """
        )
    }
}
