package import Database

/// Merchants in the database.
package struct MerchantStore: Sendable {
    package init() {}

    /// Whether a merchant may sell. `false` for one that doesn't exist.
    package func isVerified(_ id: Int64, in session: some PostgresSession) async throws -> Bool {
        try await session.row(
            """
            SELECT verified_at IS NOT NULL AS verified
            FROM merchants
            WHERE id = \(id)
            """
        ) { try $0["verified"] } ?? false
    }

    func insert(name: MerchantName, in session: some PostgresSession) async throws -> Merchant {
        try await session.requiredRow(
            """
            INSERT INTO merchants (name)
            VALUES (\(name.description))
            RETURNING \(Self.columns)
            """,
            Self.merchant
        )
    }

    /// One merchant, or `nil`.
    package func merchant(_ id: Int64, in session: some PostgresSession) async throws -> Merchant? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM merchants
            WHERE id = \(id)
            """,
            Self.merchant
        )
    }

    /// Merchants by number; those after `after`, at most `limit`.
    ///
    /// - Parameter verified: `nil` for all.
    func merchants(verified: Bool?, after: Int64?, limit: Int, in session: some PostgresSession) async throws -> [Merchant] {
        let wanted: Query =
            switch verified {
            case nil: "TRUE"
            case true?: "verified_at IS NOT NULL"
            case false?: "verified_at IS NULL"
            }
        return try await session.rows(
            """
            SELECT \(Self.columns)
            FROM merchants
            WHERE id > \(after ?? 0)
            AND \(wanted)
            ORDER BY id
            LIMIT \(limit)
            """,
            Self.merchant
        )
    }

    /// Verifies a merchant or takes that back; verifying twice keeps the first time. `nil` when there is no such merchant.
    func setVerified(_ verified: Bool, id: Int64, in session: some PostgresSession) async throws -> Merchant? {
        try await session.row(
            """
            UPDATE merchants
            SET verified_at = CASE WHEN \(verified)::boolean THEN coalesce(verified_at, clock_timestamp()) END
            WHERE id = \(id)
            RETURNING \(Self.columns)
            """,
            Self.merchant
        )
    }

    private static let columns: Query = "id, name, verified_at, created_at"

    private static func merchant(_ row: PostgresRow) throws -> Merchant {
        Merchant(id: try row["id"], name: try row["name"], verifiedAt: try row["verified_at"], createdAt: try row["created_at"])
    }
}
