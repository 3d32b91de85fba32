import Callers
import Database

/// Permissions in the database.
struct PermissionStore: Sendable {
    /// Permissions by number; those after `after`, at most `limit`.
    ///
    /// - Parameter resource: `nil` for all.
    func permissions(resource: String?, after: Int64?, limit: Int, in session: some PostgresSession) async throws -> [NamedPermission] {
        try await session.rows(
            .page(of: "permissions", Self.columns, [resource.map { "resource = \($0)" }], after: after, limit: limit),
            Self.permission)
    }

    func permission(_ id: Int64, in session: some PostgresSession) async throws -> NamedPermission? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM permissions
            WHERE id = \(id)
            """,
            Self.permission
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
            Self.permission
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
                Self.permission
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

    private static func permission(_ row: PostgresRow) throws -> NamedPermission {
        NamedPermission(
            id: try row["id"],
            name: try row["name"],
            grant: PermissionGrant(resource: try row["resource"], bits: Permission(rawValue: try row["bits"])),
            version: try row["version"]
        )
    }
}
