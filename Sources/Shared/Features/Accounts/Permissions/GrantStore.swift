package import Callers
package import Database

/// The permissions that reach accounts, directly and by groups.
package struct GrantStore: Sendable {
    package init() {}

    /// The channel on which processes notify each other that somebody may do more or less than before.
    package static let channel = "piao_permissions"

    /// All that reaches an account, each permission once, as a column `grants` of a query on `accounts`.
    ///
    /// Checks of one account read this, and ``paths(of:resource:in:)`` explains the same rows of the view `permission_paths`. Checks of
    /// many accounts read the two views that it joins.
    package static let grantsOfAccount: Query =
        """
        ARRAY(
            SELECT DISTINCT permission_paths.resource || ':' || permission_paths.bits
            FROM permission_paths
            WHERE permission_paths.account_id = accounts.id
        ) AS grants
        """

    /// What was given to an account itself, as a column `own_grants` of a query on `accounts`; add what its ``userGroupsOfAccount`` hold.
    static let ownGrantsOfAccount: Query =
        """
        ARRAY(
            SELECT account_permission_paths.resource || ':' || account_permission_paths.bits
            FROM account_permission_paths
            WHERE account_permission_paths.account_id = accounts.id
        ) AS own_grants
        """

    /// The user groups that an account is a member of, as a column `user_group_ids` of a query on `accounts`.
    package static let userGroupsOfAccount: Query =
        """
        ARRAY(
            SELECT user_group_members.user_group_id
            FROM user_group_members
            WHERE user_group_members.account_id = accounts.id
            ORDER BY user_group_members.user_group_id
        ) AS user_group_ids
        """

    /// The bits that were given to an account itself for a resource, as a column of a query on `accounts`.
    package static func ownBitsOfAccount(on resource: String) -> Query {
        """
        ARRAY(
            SELECT account_permission_paths.bits::bigint
            FROM account_permission_paths
            WHERE account_permission_paths.account_id = accounts.id
                AND account_permission_paths.resource IN (\(resource), '*')
        )
        """
    }

    /// The bits that the user groups of accounts hold for a resource.
    package static func bitsOfUserGroups(on resource: String, ofAccounts accountIDs: [Int64]) -> Query {
        """
        SELECT user_group_permission_paths.user_group_id, user_group_permission_paths.bits::bigint
        FROM user_group_permission_paths
        WHERE user_group_permission_paths.user_group_id IN (
                SELECT user_group_id
                FROM user_group_members
                WHERE account_id = ANY (\(accountIDs)::bigint[])
            )
            AND user_group_permission_paths.resource IN (\(resource), '*')
        """
    }

    /// Reads what ``grantsOfAccount`` gave.
    package static func grants(_ texts: [String]) -> [PermissionGrant] {
        texts.compactMap { text in
            guard let colon = text.lastIndex(of: ":"), let bits = Int(text[text.index(after: colon)...]) else { return nil }
            return PermissionGrant(resource: String(text[..<colon]), bits: Permission(rawValue: bits))
        }
    }

    /// The cinemas that an account is limited to, as a column `cinema_ids` of a query on `accounts`.
    package static let cinemasOfAccount: Query =
        """
        ARRAY(
            SELECT account_cinemas.cinema_id
            FROM account_cinemas
            WHERE account_cinemas.account_id = accounts.id
            ORDER BY account_cinemas.cinema_id
        ) AS cinema_ids
        """

    /// An account's own field, which masks all that reaches it, and what reaches it. `nil` when there is no such account.
    func held(by accountID: Int64, in session: some PostgresSession) async throws -> (mask: Permission, grants: [PermissionGrant])? {
        try await session.row(
            """
            SELECT permission, \(Self.grantsOfAccount)
            FROM accounts
            WHERE id = \(accountID)
            AND deleted_at IS NULL
            """
        ) { row in
            (Permission(rawValue: try row["permission"]), Self.grants(try row["grants"]))
        }
    }

    /// The ways by which permissions reach an account, in a stable order.
    ///
    /// - Parameter resource: only what reaches it for this one; `nil` for all.
    func paths(of accountID: Int64, resource: String?, in session: some PostgresSession) async throws -> [PermissionPath] {
        let wanted: Query = if let resource { "permission_paths.resource IN (\(resource), '*')" } else { "TRUE" }
        return try await session.rows(
            """
            SELECT
                permission_paths.resource,
                permission_paths.bits,
                permission_paths.permission_id,
                permissions.name AS permission_name,
                permission_paths.permission_group_id,
                permission_groups.name AS permission_group_name,
                permission_paths.user_group_id,
                user_groups.name AS user_group_name
            FROM permission_paths
            JOIN permissions ON permissions.id = permission_paths.permission_id
            LEFT JOIN permission_groups ON permission_groups.id = permission_paths.permission_group_id
            LEFT JOIN user_groups ON user_groups.id = permission_paths.user_group_id
            WHERE permission_paths.account_id = \(accountID)
            AND \(wanted)
            ORDER BY resource, permission_id, user_group_id NULLS FIRST, permission_group_id NULLS FIRST
            """
        ) { row in
            PermissionPath(
                grant: PermissionGrant(resource: try row["resource"], bits: Permission(rawValue: try row["bits"])),
                permissionID: try row["permission_id"],
                permissionName: try row["permission_name"],
                permissionGroupID: try row["permission_group_id"],
                permissionGroupName: try row["permission_group_name"],
                userGroupID: try row["user_group_id"],
                userGroupName: try row["user_group_name"]
            )
        }
    }

    /// What these give to somebody who has them.
    func reached(
        permissionIDs: Set<Int64> = [], permissionGroupIDs: Set<Int64> = [], userGroupIDs: Set<Int64> = [],
        in session: some PostgresSession
    ) async throws -> [PermissionGrant] {
        let (groups, people) = (permissionGroupIDs.sorted(), userGroupIDs.sorted())
        return try await session.rows(
            """
            SELECT DISTINCT resource, bits
            FROM permissions
            WHERE id = ANY (\(permissionIDs.sorted())::bigint[])
            OR id IN (
                SELECT permission_id
                FROM permission_group_permissions
                WHERE permission_group_id = ANY (\(groups)::bigint[])
                OR permission_group_id IN (
                    SELECT permission_group_id
                    FROM user_group_permission_groups
                    WHERE user_group_id = ANY (\(people)::bigint[])
                )
            )
            OR id IN (
                SELECT permission_id
                FROM user_group_permissions
                WHERE user_group_id = ANY (\(people)::bigint[])
            )
            """
        ) { row in PermissionGrant(resource: try row["resource"], bits: Permission(rawValue: try row["bits"])) }
    }

    /// Notifies the other processes, once the transaction commits, that somebody may do more or less than before. Without it they notice a
    /// second later.
    func notifyReaders(in transaction: PostgresTransaction) async throws {
        try await transaction.execute("SELECT pg_notify(\(Self.channel), '')")
    }
}
