import Database
import Foundation

/// The rows of screening rights.
struct ScreeningRightStore: Sendable {
    /// - Returns: the new right's id; `nil` when there is no such movie.
    func add(_ new: NewScreeningRight, merchantID: Int64, in session: some PostgresSession) async throws -> Int64? {
        try await session.row(
            """
            INSERT INTO screening_rights (merchant_id, movie_id, valid_from, valid_to)
            SELECT \(merchantID)::bigint, movies.id, \(new.validFrom)::date, \(new.validTo)::date
            FROM movies
            WHERE movies.id = \(new.movieID)
                AND movies.deleted_at IS NULL
            RETURNING id
            """
        ) { try $0["id"] }
    }

    /// Whether the merchant has asked for all of this already, and nobody has decided yet.
    func isRequested(_ new: NewScreeningRight, merchantID: Int64, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.requiredRow(
            """
            SELECT EXISTS (
                SELECT
                FROM screening_rights
                WHERE merchant_id = \(merchantID)
                    AND movie_id = \(new.movieID)
                    AND state = 'requested'
                    AND valid_from <= \(new.validFrom)
                    AND valid_to >= \(new.validTo)
            ) AS requested
            """
        ) { try $0["requested"] }
    }

    func right(_ id: Int64, merchantID: Int64?, in session: some PostgresSession) async throws -> ScreeningRight? {
        var filter: Query = "WHERE screening_rights.id = \(id)"
        if let merchantID { filter = "\(filter) AND screening_rights.merchant_id = \(merchantID)" }
        return try await session.row("\(Self.selection) \(filter)", Self.right)
    }

    /// Locks a right until the end of the transaction, for a decision.
    func lock(
        _ id: Int64, in transaction: PostgresTransaction
    ) async throws -> (state: ScreeningRightState, validFrom: CalendarDay, validTo: CalendarDay)? {
        try await transaction.row(
            """
            SELECT state, valid_from, valid_to
            FROM screening_rights
            WHERE id = \(id)
            FOR NO KEY UPDATE
            """
        ) { (try $0["state"], try $0["valid_from"], try $0["valid_to"]) }
    }

    func decide(
        _ id: Int64, state: ScreeningRightState, validFrom: CalendarDay, validTo: CalendarDay, by accountID: Int64,
        in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            """
            UPDATE screening_rights
            SET state = \(state),
                valid_from = \(validFrom),
                valid_to = \(validTo),
                decided_at = clock_timestamp(),
                decided_by_account_id = \(accountID)
            WHERE id = \(id)
            """
        )
    }

    /// Rights by id, one more than the page's limit.
    func rights(
        merchantID: Int64?, state: ScreeningRightState?, movieID: Int64?, after id: Int64?, limit: Int, in session: some PostgresSession
    ) async throws -> [ScreeningRight] {
        var filter: Query = "WHERE screening_rights.id > \(id ?? 0)"
        if let merchantID { filter = "\(filter) AND screening_rights.merchant_id = \(merchantID)" }
        if let state { filter = "\(filter) AND screening_rights.state = \(state)" }
        if let movieID { filter = "\(filter) AND screening_rights.movie_id = \(movieID)" }
        return try await session.rows("\(Self.selection) \(filter) ORDER BY screening_rights.id LIMIT \(limit + 1)", Self.right)
    }

    private static let selection: Query = """
        SELECT
            screening_rights.id,
            screening_rights.merchant_id,
            merchants.name AS merchant_name,
            screening_rights.movie_id,
            movies.title AS movie_title,
            screening_rights.valid_from,
            screening_rights.valid_to,
            screening_rights.state,
            screening_rights.requested_at,
            screening_rights.decided_at
        FROM screening_rights
        JOIN merchants ON merchants.id = screening_rights.merchant_id
        JOIN movies ON movies.id = screening_rights.movie_id
        """

    private static func right(_ row: PostgresRow) throws -> ScreeningRight {
        ScreeningRight(
            id: try row["id"],
            merchantID: try row["merchant_id"],
            merchantName: try row["merchant_name"],
            movieID: try row["movie_id"],
            movieTitle: try row["movie_title"],
            validFrom: try row["valid_from"],
            validTo: try row["valid_to"],
            state: try row["state"],
            requestedAt: try row["requested_at"],
            decidedAt: try row["decided_at"]
        )
    }
}
