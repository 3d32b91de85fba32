import Database

/// Permissions and permission groups in the database.
struct PermissionStore: Sendable {
    /// Permissions by number; those after `after`, at most `limit`.
    ///
    /// - Parameter resource: `nil` for all.
    func permissions(resource: String?, after: Int64?, limit: Int, in session: some PostgresSession) async throws -> [NamedPermission] {
        let wanted: Query = if let resource { "resource = \(resource)" } else { "TRUE" }
        return try await session.rows(
            """
            SELECT \(Self.columns)
            FROM permissions
            WHERE id > \(after ?? 0)
            AND \(wanted)
            ORDER BY id
            LIMIT \(limit)
            """,
            Self.permission
        )
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

    /// Permission groups by number; those after `after`, at most `limit`.
    ///
    /// - Parameter realm: `nil` for all.
    func groups(realm: Realm?, after: Int64?, limit: Int, in session: some PostgresSession) async throws -> [PermissionGroup] {
        let wanted: Query = if let realm { "realm = \(realm)" } else { "TRUE" }
        return try await session.rows(
            """
            SELECT \(Self.groupColumns)
            FROM permission_groups
            WHERE id > \(after ?? 0)
            AND \(wanted)
            ORDER BY id
            LIMIT \(limit)
            """,
            Self.group
        )
    }

    func group(_ id: Int64, in session: some PostgresSession) async throws -> PermissionGroup? {
        try await session.row(
            """
            SELECT \(Self.groupColumns)
            FROM permission_groups
            WHERE id = \(id)
            """,
            Self.group
        )
    }

    /// Locks a permission group, then reads it.
    func lockedGroup(_ id: Int64, in transaction: PostgresTransaction) async throws -> PermissionGroup? {
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
    func addGroup(_ new: NewPermissionGroup, in transaction: PostgresTransaction) async throws -> Int64? {
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
    func changeGroup(_ id: Int64, name: String?, in transaction: PostgresTransaction) async throws {
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

    /// Puts these permissions in the place of those that are in a group.
    ///
    /// - Throws: ``Refusal/permissionUnknown``.
    func setPermissions(_ ids: Set<Int64>, ofGroup id: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM permission_group_permissions WHERE permission_group_id = \(id)")
        let added = try await transaction.execute(
            """
            INSERT INTO permission_group_permissions (permission_group_id, permission_id)
            SELECT \(id)::bigint, id
            FROM permissions
            WHERE id = ANY (\(ids.sorted())::bigint[])
            ORDER BY id
            FOR KEY SHARE
            """
        )
        guard added == ids.count else { throw Refusal.permissionUnknown }
    }

    /// - Throws: ``Refusal/groupInUse``.
    func deleteGroup(_ id: Int64, in transaction: PostgresTransaction) async throws {
        try await refusing(.groupInUse, for: .foreignKeyViolation) {
            _ = try await transaction.execute("DELETE FROM permission_groups WHERE id = \(id)")
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

    private static let groupColumns: Query =
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

/// Answers a violation of the database's constraints by a refusal.
func refusing<Result>(_ refusal: Refusal, for state: SQLState, _ write: () async throws -> Result) async throws -> Result {
    do {
        return try await write()
    } catch let error as PostgresError where error.sqlState == state {
        throw refusal
    }
}
