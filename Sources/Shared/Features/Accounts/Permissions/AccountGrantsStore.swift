import Callers
import Database

/// Accounts with what was given to them, in the database.
struct AccountGrantsStore: Sendable {
    /// An account that isn't deleted, with what was given to it.
    func grants(of id: Int64, in session: some PostgresSession) async throws -> AccountGrants? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM accounts
            WHERE id = \(id)
            AND deleted_at IS NULL
            """,
            Self.grants
        )
    }

    /// The accounts of a merchant by number, disabled ones too; those after `after`, at most `limit`.
    ///
    /// - Parameter cinemaIDs: only those that are limited to some of these cinemas and to no others; `nil` for all.
    func members(
        ofMerchant merchantID: Int64, cinemaIDs: [Int64]?, after: Int64?, limit: Int, in session: some PostgresSession
    ) async throws -> [AccountGrants] {
        var within: Query = "TRUE"
        if let cinemaIDs {
            within = """
                EXISTS (SELECT FROM account_cinemas WHERE account_id = accounts.id)
                AND NOT EXISTS (
                    SELECT
                    FROM account_cinemas
                    WHERE account_id = accounts.id
                    AND cinema_id <> ALL (\(cinemaIDs)::bigint[])
                )
                """
        }
        return try await session.rows(
            """
            SELECT \(Self.columns)
            FROM accounts
            WHERE merchant_id = \(merchantID)
            AND id > \(after ?? 0)
            AND deleted_at IS NULL
            AND \(within)
            ORDER BY id
            LIMIT \(limit)
            """,
            Self.grants
        )
    }

    /// The members of a user group by number; those after `after`, at most `limit`.
    func members(ofGroup id: Int64, after: Int64?, limit: Int, in session: some PostgresSession) async throws -> [AccountGrants] {
        try await session.rows(
            """
            SELECT \(Self.columns)
            FROM accounts
            WHERE id IN (SELECT account_id FROM user_group_members WHERE user_group_id = \(id))
            AND id > \(after ?? 0)
            AND deleted_at IS NULL
            ORDER BY id
            LIMIT \(limit)
            """,
            Self.grants
        )
    }

    /// - Throws: ``Refusal/permissionUnknown``.
    func setPermissions(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM account_permissions WHERE account_id = \(account.id)")
        let added = try await transaction.execute(
            .changing(
                principalOf: account.id,
                by:
                    """
                    INSERT INTO account_permissions (account_id, permission_id)
                    SELECT \(account.id)::bigint, id
                    FROM permissions
                    WHERE id = ANY (\(ids.sorted())::bigint[])
                    ORDER BY id
                    FOR KEY SHARE
                    """
            )
        )
        guard added == ids.count else { throw Refusal.permissionUnknown }
    }

    /// - Throws: ``Refusal/permissionGroupUnknown`` for another realm's too.
    func setPermissionGroups(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM account_permission_groups WHERE account_id = \(account.id)")
        let added = try await transaction.execute(
            .changing(
                principalOf: account.id,
                by:
                    """
                    INSERT INTO account_permission_groups (account_id, permission_group_id, realm)
                    SELECT \(account.id)::bigint, id, realm
                    FROM permission_groups
                    WHERE id = ANY (\(ids.sorted())::bigint[])
                    AND realm = \(account.realm)
                    ORDER BY id
                    FOR KEY SHARE
                    """
            )
        )
        guard added == ids.count else { throw Refusal.permissionGroupUnknown }
    }

    /// - Throws: ``Refusal/userGroupUnknown`` for another realm's and another merchant's too.
    func setUserGroups(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM user_group_members WHERE account_id = \(account.id)")
        let added = try await transaction.execute(
            .changing(
                principalOf: account.id,
                by:
                    """
                    INSERT INTO user_group_members (account_id, user_group_id, realm, owner_id)
                    SELECT \(account.id)::bigint, id, realm, owner_id
                    FROM user_groups
                    WHERE id = ANY (\(ids.sorted())::bigint[])
                    AND realm = \(account.realm)
                    AND owner_id IN (0, \(account.merchantID ?? 0))
                    ORDER BY id
                    FOR KEY SHARE
                    """
            )
        )
        guard added == ids.count else { throw Refusal.userGroupUnknown }
    }

    /// - Throws: ``Refusal/cinemaUnknown`` for another merchant's too, and where the account has no merchant.
    func setCinemas(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("DELETE FROM account_cinemas WHERE account_id = \(account.id)")
        let added = try await transaction.execute(
            .changing(
                principalOf: account.id,
                by:
                    """
                    INSERT INTO account_cinemas (account_id, cinema_id, merchant_id)
                    SELECT \(account.id)::bigint, id, merchant_id
                    FROM cinemas
                    WHERE id = ANY (\(ids.sorted())::bigint[])
                    AND merchant_id = \(account.merchantID)
                    AND deleted_at IS NULL
                    ORDER BY id
                    FOR KEY SHARE
                    """
            )
        )
        guard added == ids.count else { throw Refusal.cinemaUnknown }
    }

    private static let columns: Query =
        """
        \(AccountStore.columns),
            ARRAY(
                SELECT permission_id FROM account_permissions WHERE account_id = accounts.id ORDER BY permission_id
            ) AS permission_ids,
            ARRAY(
                SELECT permission_group_id FROM account_permission_groups WHERE account_id = accounts.id ORDER BY permission_group_id
            ) AS permission_group_ids,
            ARRAY(
                SELECT user_group_id FROM user_group_members WHERE account_id = accounts.id ORDER BY user_group_id
            ) AS user_group_ids,
            \(GrantStore.cinemasOfAccount)
        """

    private static func grants(_ row: PostgresRow) throws -> AccountGrants {
        AccountGrants(
            account: try AccountStore.account(row),
            permissionIDs: try row["permission_ids"],
            permissionGroupIDs: try row["permission_group_ids"],
            userGroupIDs: try row["user_group_ids"],
            cinemaIDs: try row["cinema_ids"]
        )
    }
}
