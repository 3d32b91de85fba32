import Callers
import Database

/// User groups in the database.
struct UserGroupStore: Sendable {
    /// User groups by number; those after `after`, at most `limit`.
    ///
    /// - Parameters:
    ///   - realm: `nil` for all.
    ///   - merchantID: only those that this merchant's people may be in, the platform's among them; `nil` for all.
    func groups(
        realm: Realm?, merchantID: Int64?, after: Int64?, limit: Int, in session: some PostgresSession
    ) async throws -> [UserGroup] {
        let conditions: [Query?] = [realm.map { "realm = \($0)" }, merchantID.map { "owner_id IN (0, \($0))" }]
        return try await session.rows(
            .page(of: "user_groups", Self.columns, conditions, after: after, limit: limit), Self.group)
    }

    func group(_ id: Int64, in session: some PostgresSession) async throws -> UserGroup? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM user_groups
            WHERE id = \(id)
            """,
            Self.group
        )
    }

    /// Locks a user group, then reads it.
    func locked(_ id: Int64, in transaction: PostgresTransaction) async throws -> UserGroup? {
        try await transaction.execute(
            """
            SELECT id
            FROM user_groups
            WHERE id = \(id)
            FOR NO KEY UPDATE
            """
        )
        return try await group(id, in: transaction)
    }

    /// Makes the changes of a realm's accounts wait for each other, so that the last two owners can't leave at the same moment. Sign-ups
    /// don't wait.
    func lockDefault(of realm: Realm, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            SELECT id
            FROM user_groups
            WHERE realm = \(realm)
            AND is_default
            FOR NO KEY UPDATE
            """
        )
    }

    /// Whether an account is left that may do everything that the realm's default group may: not disabled, masked by nothing, and limited
    /// to no cinemas.
    ///
    /// - Parameter merchantID: whose account it has to be, in the cinema realm.
    func hasOwner(realm: Realm, merchantID: Int64?, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.requiredRow(
            """
            SELECT EXISTS (
                SELECT
                FROM user_groups
                JOIN user_group_members AS members ON members.user_group_id = user_groups.id
                JOIN accounts ON accounts.id = members.account_id
                WHERE user_groups.realm = \(realm)
                AND user_groups.is_default
                AND accounts.merchant_id IS NOT DISTINCT FROM \(merchantID)::bigint
                AND accounts.permission = \(Permission.everything.rawValue)
                AND accounts.disabled_at IS NULL
                AND accounts.deleted_at IS NULL
                AND NOT EXISTS (SELECT FROM account_cinemas WHERE account_cinemas.account_id = accounts.id)
            ) AS present
            """
        ) { try $0["present"] }
    }

    /// - Returns: its number; `nil` when there is one of this name.
    /// - Throws: ``Refusal/merchantUnknown``.
    func add(_ new: NewUserGroup, in transaction: PostgresTransaction) async throws -> Int64? {
        try await refusing(.merchantUnknown, for: .foreignKeyViolation) {
            try await refusing(.merchantUnknown, for: .checkViolation) {
                try await transaction.row(
                    """
                    INSERT INTO user_groups (realm, merchant_id, name)
                    VALUES (\(new.realm), \(new.merchantID), \(new.name))
                    ON CONFLICT DO NOTHING
                    RETURNING id
                    """
                ) { try $0["id"] }
            }
        }
    }

    /// - Throws: ``Refusal/groupExists``.
    func change(_ id: Int64, name: String?, in transaction: PostgresTransaction) async throws {
        try await refusing(.groupExists, for: .uniqueViolation) {
            _ = try await transaction.execute(
                """
                UPDATE user_groups
                SET name = coalesce(\(name), name),
                    version = version + 1
                WHERE id = \(id)
                """
            )
        }
    }

    /// Replaces the permissions that a group has itself.
    ///
    /// - Throws: ``Refusal/permissionUnknown``.
    func setPermissions(_ ids: Set<Int64>, of id: Int64, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM user_group_permissions WHERE user_group_id = \(id)")
        let added = try await transaction.execute(
            .changing(
                permissionsOfGroup: id,
                by:
                    """
                    INSERT INTO user_group_permissions (user_group_id, permission_id)
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

    /// Replaces the permission groups of a group; they must be of its realm.
    ///
    /// - Throws: ``Refusal/permissionGroupUnknown``.
    func setPermissionGroups(_ ids: Set<Int64>, of group: UserGroup, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM user_group_permission_groups WHERE user_group_id = \(group.id)")
        let added = try await transaction.execute(
            .changing(
                permissionsOfGroup: group.id,
                by:
                    """
                    INSERT INTO user_group_permission_groups (user_group_id, permission_group_id, realm)
                    SELECT \(group.id)::bigint, id, realm
                    FROM permission_groups
                    WHERE id = ANY (\(ids.sorted())::bigint[])
                    AND realm = \(group.realm)
                    ORDER BY id
                    FOR KEY SHARE
                    """
            )
        )
        guard added == ids.count else { throw Refusal.permissionGroupUnknown }
    }

    /// - Throws: ``Refusal/groupInUse``.
    func delete(_ id: Int64, in transaction: PostgresTransaction) async throws {
        try await refusing(.groupInUse, for: .foreignKeyViolation) {
            _ = try await transaction.execute("DELETE FROM user_groups WHERE id = \(id)")
        }
    }

    private static let columns: Query =
        """
        id, realm, merchant_id, name, built_in, is_default, version,
            ARRAY(
                SELECT permission_id
                FROM user_group_permissions
                WHERE user_group_id = user_groups.id
                ORDER BY permission_id
            ) AS permission_ids,
            ARRAY(
                SELECT permission_group_id
                FROM user_group_permission_groups
                WHERE user_group_id = user_groups.id
                ORDER BY permission_group_id
            ) AS permission_group_ids
        """

    private static func group(_ row: PostgresRow) throws -> UserGroup {
        UserGroup(
            id: try row["id"],
            realm: try row["realm"],
            merchantID: try row["merchant_id"],
            name: try row["name"],
            isBuiltIn: try row["built_in"],
            isDefault: try row["is_default"],
            permissionIDs: try row["permission_ids"],
            permissionGroupIDs: try row["permission_group_ids"],
            version: try row["version"]
        )
    }
}
