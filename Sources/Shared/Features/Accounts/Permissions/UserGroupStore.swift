import Callers
import Database

/// User groups in the database.
struct UserGroupStore: Sendable {
    let rows = GroupRowStore(table: "user_groups")

    /// User groups by number.
    ///
    /// - Parameters:
    ///   - realm: `nil` for all.
    ///   - merchantID: only those that this merchant's people may be in, the platform's among them; `nil` for all.
    func groups(
        realm: Realm?, merchantID: Int64?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<UserGroup> {
        let conditions: [Query?] = [realm.map { "realm = \($0)" }, merchantID.map { "owner_id IN (0, \($0))" }]
        let rows = try await session.rows(try .page(page, of: "user_groups", Self.columns, where: conditions), UserGroup.init(row:))
        return Page(rows, request: page, id: \.id)
    }

    func group(_ id: Int64, in session: some PostgresSession) async throws -> UserGroup? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM user_groups
            WHERE id = \(id)
            """,
            UserGroup.init(row:)
        )
    }

    /// Locks a user group, then reads it.
    func locked(_ id: Int64, in transaction: PostgresTransaction) async throws -> UserGroup? {
        try await rows.lock(id, in: transaction)
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
                JOIN user_group_members ON user_group_members.user_group_id = user_groups.id
                JOIN accounts ON accounts.id = user_group_members.account_id
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

    /// Replaces the permissions that a group has itself.
    ///
    /// - Throws: ``Refusal/permissionUnknown``.
    func setPermissions(_ ids: Set<Int64>, of id: Int64, in transaction: PostgresTransaction) async throws {
        let links = LinkStore(table: "user_group_permissions", owner: "user_group_id", target: ("permission_id", "permissions"))
        try await links.replace(
            of: id, with: ids, orThrow: .permissionUnknown, changing: { .changing(permissionsOfGroup: id, by: $0) }, in: transaction)
    }

    /// Replaces the permission groups of a group; they must be of its realm.
    ///
    /// - Throws: ``Refusal/permissionGroupUnknown``.
    func setPermissionGroups(_ ids: Set<Int64>, of group: UserGroup, in transaction: PostgresTransaction) async throws {
        let links = LinkStore(
            table: "user_group_permission_groups", owner: "user_group_id", target: ("permission_group_id", "permission_groups"),
            copied: ["realm"])
        try await links.replace(
            of: group.id, with: ids, where: ["realm = \(group.realm)"], orThrow: .permissionGroupUnknown,
            changing: { .changing(permissionsOfGroup: group.id, by: $0) }, in: transaction)
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
}

extension UserGroup {
    fileprivate init(row: PostgresRow) throws {
        self.init(
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
