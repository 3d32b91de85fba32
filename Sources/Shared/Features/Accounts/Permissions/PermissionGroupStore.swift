import Callers
import Database

/// Permission groups in the database.
struct PermissionGroupStore: Sendable {
    /// Permission groups by number; those after `after`, at most `limit`.
    ///
    /// - Parameter realm: `nil` for all.
    func groups(realm: Realm?, after: Int64?, limit: Int, in session: some PostgresSession) async throws -> [PermissionGroup] {
        try await session.rows(
            .page(of: "permission_groups", Self.columns, [realm.map { "realm = \($0)" }], after: after, limit: limit),
            Self.group)
    }

    func group(_ id: Int64, in session: some PostgresSession) async throws -> PermissionGroup? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM permission_groups
            WHERE id = \(id)
            """,
            Self.group
        )
    }

    /// Locks a permission group, then reads it.
    func locked(_ id: Int64, in transaction: PostgresTransaction) async throws -> PermissionGroup? {
        try await transaction.execute(
            """
            SELECT id
            FROM permission_groups
            WHERE id = \(id)
            FOR NO KEY UPDATE
            """
        )
        return try await group(id, in: transaction)
    }

    /// - Returns: its number; `nil` when there is one of this name.
    func add(_ new: NewPermissionGroup, in transaction: PostgresTransaction) async throws -> Int64? {
        try await transaction.row(
            """
            INSERT INTO permission_groups (realm, name)
            VALUES (\(new.realm), \(new.name))
            ON CONFLICT DO NOTHING
            RETURNING id
            """
        ) { try $0["id"] }
    }

    /// - Throws: ``Refusal/groupExists``.
    func change(_ id: Int64, name: String?, in transaction: PostgresTransaction) async throws {
        try await refusing(.groupExists, for: .uniqueViolation) {
            _ = try await transaction.execute(
                """
                UPDATE permission_groups
                SET name = coalesce(\(name), name),
                    version = version + 1
                WHERE id = \(id)
                """
            )
        }
    }

    /// Replaces the permissions of a group.
    ///
    /// - Throws: ``Refusal/permissionUnknown``.
    func setPermissions(_ ids: Set<Int64>, of id: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM permission_group_permissions WHERE permission_group_id = \(id)")
        let added = try await transaction.execute(
            .changing(
                permissionsOfGroup: id,
                by:
                    """
                    INSERT INTO permission_group_permissions (permission_group_id, permission_id)
                    SELECT \(id)::bigint, id
                    FROM permissions
                    WHERE id = ANY (\(ids.sorted())::bigint[])
                    ORDER BY id
                    FOR KEY SHARE
                    """
            )
        )
        guard added == ids.count else { throw Refusal.permissionUnknown }
    }

    /// - Throws: ``Refusal/groupInUse``.
    func delete(_ id: Int64, in transaction: PostgresTransaction) async throws {
        try await refusing(.groupInUse, for: .foreignKeyViolation) {
            _ = try await transaction.execute("DELETE FROM permission_groups WHERE id = \(id)")
        }
    }

    private static let columns: Query =
        """
        id, realm, name, version,
            ARRAY(
                SELECT permission_id
                FROM permission_group_permissions
                WHERE permission_group_id = permission_groups.id
                ORDER BY permission_id
            ) AS permission_ids
        """

    private static func group(_ row: PostgresRow) throws -> PermissionGroup {
        PermissionGroup(
            id: try row["id"],
            realm: try row["realm"],
            name: try row["name"],
            permissionIDs: try row["permission_ids"],
            version: try row["version"]
        )
    }
}
