import Callers
import Database

/// Permissions in the database.
struct PermissionStore: Sendable {
    /// Permissions by number.
    ///
    /// - Parameter resource: `nil` for all.
    func permissions(resource: String?, page: PageRequest, in session: some PostgresSession) async throws -> Page<NamedPermission> {
        let query = try Query.page(page, of: "permissions", Self.columns, where: [resource.map { "resource = \($0)" }])
        return Page(try await session.rows(query, NamedPermission.init(row:)), request: page, id: \.id)
    }

    func permission(_ id: Int64, in session: some PostgresSession) async throws -> NamedPermission? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM permissions
            WHERE id = \(id)
            """,
            NamedPermission.init(row:)
        )
    }

    /// - Throws: ``Refusal/permissionExists``.
    func add(_ new: NewPermission, in transaction: PostgresTransaction) async throws -> NamedPermission {
        let added = try await transaction.row(
            """
            INSERT INTO permissions (name, resource, bits)
            VALUES (\(new.name), \(new.grant.resource), \(new.grant.bits.rawValue))
            ON CONFLICT DO NOTHING
            RETURNING \(Self.columns)
            """,
            NamedPermission.init(row:)
        )
        guard let added else { throw Refusal.permissionExists }
        return added
    }

    /// Gives a permission another name.
    ///
    /// - Returns: `nil` when there is none that has still this version (`nil`: any).
    /// - Throws: ``Refusal/permissionExists``.
    func rename(
        _ id: Int64, to name: String, version: Int64?, in transaction: PostgresTransaction
    ) async throws -> NamedPermission? {
        try await refusing(.permissionExists, for: .uniqueViolation) {
            try await transaction.row(
                """
                UPDATE permissions
                SET name = \(name),
                    version = version + 1
                WHERE id = \(id)
                AND version = coalesce(\(version)::bigint, version)
                RETURNING \(Self.columns)
                """,
                NamedPermission.init(row:)
            )
        }
    }

    /// - Returns: whether there was one that had still this version (`nil`: any).
    /// - Throws: ``Refusal/permissionInUse``.
    func delete(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await refusing(.permissionInUse, for: .foreignKeyViolation) {
            try await transaction.execute(
                """
                DELETE FROM permissions
                WHERE id = \(id)
                AND version = coalesce(\(version)::bigint, version)
                """
            ) == 1
        }
    }

    private static let columns: Query = "id, name, resource, bits, version"
}

extension NamedPermission {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            name: try row["name"],
            grant: PermissionGrant(resource: try row["resource"], bits: Permission(rawValue: try row["bits"])),
            version: try row["version"]
        )
    }
}
