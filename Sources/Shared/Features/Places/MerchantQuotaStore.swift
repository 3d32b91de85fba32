import Database

/// Counts a merchant's rows. A count holds while the merchant's row is locked: everybody who adds a row takes that lock first.
struct MerchantQuotaStore: Sendable {
    /// Locks a merchant's row, so that one transaction at a time adds something. This lock comes before any hall's.
    ///
    /// - Returns: whether the merchant is verified; `nil` when there is none.
    func lock(_ merchantID: Int64, in transaction: PostgresTransaction) async throws -> Bool? {
        try await transaction.row(
            """
            SELECT verified_at IS NOT NULL AS verified
            FROM merchants
            WHERE id = \(merchantID)
            FOR NO KEY UPDATE
            """
        ) { try $0["verified"] }
    }

    /// The id of the merchant to whom the hall belongs; `nil` when there is no such hall.
    func merchant(ofHall id: Int64, in transaction: PostgresTransaction) async throws -> Int64? {
        try await transaction.row(
            """
            SELECT cinemas.merchant_id
            FROM halls
            JOIN cinemas ON cinemas.id = halls.cinema_id
            WHERE halls.id = \(id)
            """
        ) { try $0["merchant_id"] }
    }

    func cinemas(of merchantID: Int64, in transaction: PostgresTransaction) async throws -> Int {
        try await count("FROM cinemas WHERE merchant_id = \(merchantID)", in: transaction)
    }

    func halls(of merchantID: Int64, in transaction: PostgresTransaction) async throws -> Int {
        try await count(
            """
            FROM cinemas
            JOIN halls ON halls.cinema_id = cinemas.id
            WHERE cinemas.merchant_id = \(merchantID)
            """, in: transaction)
    }

    /// Seats of the present layouts of a merchant's halls.
    ///
    /// - Parameter hallID: a hall whose seats are left out, because they are about to be replaced.
    func seats(of merchantID: Int64, except hallID: Int64? = nil, in transaction: PostgresTransaction) async throws -> Int {
        try await count(
            """
            FROM cinemas
            JOIN halls ON halls.cinema_id = cinemas.id
            CROSS JOIN LATERAL (
                SELECT hall_layouts.id
                FROM hall_layouts
                WHERE hall_layouts.hall_id = halls.id
                ORDER BY hall_layouts.version DESC
                LIMIT 1
            ) AS present
            JOIN seats ON seats.layout_id = present.id
            WHERE cinemas.merchant_id = \(merchantID)
                AND halls.id <> \(hallID ?? 0)
            """, in: transaction)
    }

    /// Layouts of a merchant's halls that aren't the present ones.
    func formerLayouts(of merchantID: Int64, in transaction: PostgresTransaction) async throws -> Int {
        try await count(Self.formerLayouts(of: merchantID), in: transaction)
    }

    /// Former layouts that no showtime was ever scheduled with.
    func unusedLayouts(of merchantID: Int64, in transaction: PostgresTransaction) async throws -> Int {
        try await count(
            """
            \(Self.formerLayouts(of: merchantID))
                AND NOT EXISTS (
                    SELECT
                    FROM showtimes
                    WHERE showtimes.cinema_id = halls.cinema_id
                        AND showtimes.layout_id = hall_layouts.id
                )
            """, in: transaction)
    }

    private static func formerLayouts(of merchantID: Int64) -> Query {
        """
        FROM cinemas
        JOIN halls ON halls.cinema_id = cinemas.id
        JOIN hall_layouts ON hall_layouts.hall_id = halls.id
        WHERE cinemas.merchant_id = \(merchantID)
            AND EXISTS (
                SELECT
                FROM hall_layouts AS newer
                WHERE newer.hall_id = hall_layouts.hall_id
                    AND newer.version > hall_layouts.version
            )
        """
    }

    /// Requests for screening rights that wait for a decision.
    func openRequests(of merchantID: Int64, in transaction: PostgresTransaction) async throws -> Int {
        try await count("FROM screening_rights WHERE merchant_id = \(merchantID) AND state = 'requested'", in: transaction)
    }

    /// Accounts of a merchant's people.
    func members(of merchantID: Int64, in transaction: PostgresTransaction) async throws -> Int {
        try await count("FROM accounts WHERE merchant_id = \(merchantID) AND deleted_at IS NULL", in: transaction)
    }

    /// Pictures that the merchant was the first to upload.
    func pictures(of merchantID: Int64, in transaction: PostgresTransaction) async throws -> Int {
        try await count("FROM pictures WHERE merchant_id = \(merchantID)", in: transaction)
    }

    private func count(_ rows: Query, in transaction: PostgresTransaction) async throws -> Int {
        try await transaction.requiredRow("SELECT count(*) AS count \(rows)") { try $0["count"] }
    }
}
