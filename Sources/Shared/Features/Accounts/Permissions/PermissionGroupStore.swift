import Callers
import Database

/// Permission groups in the database.
struct PermissionGroupStore: Sendable {
    let rows = GroupRowStore(table: "permission_groups")

    /// Permission groups by number.
    ///
    /// - Parameter realm: `nil` for all.
    func groups(realm: Realm?, page: PageRequest, in session: some PostgresSession) async throws -> Page<PermissionGroup> {
        let query = try Query.page(page, of: "permission_groups", Self.columns, where: [realm.map { "realm = \($0)" }])
        return Page(try await session.rows(query, PermissionGroup.init(row:)), request: page, id: \.id)
    }

    func group(_ id: Int64, in session: some PostgresSession) async throws -> PermissionGroup? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM permission_groups
            WHERE id = \(id)
            """,
            PermissionGroup.init(row:)
        )
    }

    /// Locks a permission group, then reads it.
    func locked(_ id: Int64, in transaction: PostgresTransaction) async throws -> PermissionGroup? {
        try await rows.lock(id, in: transaction)
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

    /// Replaces the permissions of a group.
    ///
    /// - Throws: ``Refusal/permissionUnknown``.
    func setPermissions(_ ids: Set<Int64>, of id: Int64, in transaction: PostgresTransaction) async throws {
        let links = LinkStore(
            table: "permission_group_permissions", owner: "permission_group_id", target: ("permission_id", "permissions"))
        try await links.replace(
            of: id, with: ids, orThrow: .permissionUnknown, changing: { .changing(permissionsOfGroup: id, by: $0) }, in: transaction)
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
}

extension PermissionGroup {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            realm: try row["realm"],
            name: try row["name"],
            permissionIDs: try row["permission_ids"],
            version: try row["version"]
        )
    }
}
