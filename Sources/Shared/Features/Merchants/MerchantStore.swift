import Callers
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
            Merchant.init(row:)
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
            Merchant.init(row:)
        )
    }

    /// Merchants by number.
    ///
    /// - Parameter verified: `nil` for all.
    func merchants(verified: Bool?, page: PageRequest, in session: some PostgresSession) async throws -> Page<Merchant> {
        let isWanted: Query? = verified.map { $0 ? "verified_at IS NOT NULL" : "verified_at IS NULL" }
        let rows = try await session.rows(try .page(page, of: "merchants", Self.columns, where: [isWanted]), Merchant.init(row:))
        return Page(rows, request: page, id: \.id)
    }

    /// Verifies a merchant or takes the verification back. Verifying twice keeps the first time. `nil` when there is no such merchant.
    func setVerified(_ verified: Bool, id: Int64, in session: some PostgresSession) async throws -> Merchant? {
        try await session.row(
            """
            UPDATE merchants
            SET verified_at = CASE WHEN \(verified)::boolean THEN coalesce(verified_at, clock_timestamp()) END
            WHERE id = \(id)
            RETURNING \(Self.columns)
            """,
            Merchant.init(row:)
        )
    }

    private static let columns: Query = "id, name, verified_at, created_at"
}

extension Merchant {
    fileprivate init(row: PostgresRow) throws {
        self.init(id: try row["id"], name: try row["name"], verifiedAt: try row["verified_at"], createdAt: try row["created_at"])
    }
}
