import Callers
import Database
import Foundation
import Text

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
        let conditions: [Query?] = ["screening_rights.id = \(id)", merchantID.map { "screening_rights.merchant_id = \($0)" }]
        return try await session.row(
            """
            SELECT \(Self.columns)
            FROM \(Self.tables)
            WHERE \(conditions.conjunction)
            """,
            ScreeningRight.init(row:)
        )
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

    /// Rights by id.
    func rights(
        merchantID: Int64?, state: ScreeningRightState?, movieID: Int64?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<ScreeningRight> {
        let conditions: [Query?] = [
            merchantID.map { "screening_rights.merchant_id = \($0)" },
            state.map { "screening_rights.state = \($0)" },
            movieID.map { "screening_rights.movie_id = \($0)" },
        ]
        let query = try Query.page(page, of: Self.tables, Self.columns, where: conditions, by: "screening_rights.id")
        return Page(try await session.rows(query, ScreeningRight.init(row:)), request: page, id: \.id)
    }

    private static let columns: Query = """
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
        """

    private static let tables: Query = """
        screening_rights
        JOIN merchants ON merchants.id = screening_rights.merchant_id
        JOIN movies ON movies.id = screening_rights.movie_id
        """
}

extension ScreeningRight {
    fileprivate init(row: PostgresRow) throws {
        self.init(
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
