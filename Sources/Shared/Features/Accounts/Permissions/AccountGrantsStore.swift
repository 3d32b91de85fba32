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
            AccountGrants.init(row:)
        )
    }

    /// The accounts of a merchant by number, disabled ones too.
    ///
    /// - Parameter cinemaIDs: only those that are limited to some of these cinemas and to no others; `nil` for all.
    func members(
        ofMerchant merchantID: Int64, cinemaIDs: [Int64]?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<AccountGrants> {
        let isWithin: Query? = cinemaIDs.map {
            """
            EXISTS (SELECT FROM account_cinemas WHERE account_id = accounts.id)
            AND NOT EXISTS (
                SELECT
                FROM account_cinemas
                WHERE account_id = accounts.id
                AND cinema_id <> ALL (\($0)::bigint[])
            )
            """
        }
        return try await accounts(["merchant_id = \(merchantID)", isWithin], page: page, in: session)
    }

    /// The members of a user group by number.
    func members(ofGroup id: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<AccountGrants> {
        let isMember: Query = "id IN (SELECT account_id FROM user_group_members WHERE user_group_id = \(id))"
        return try await accounts([isMember], page: page, in: session)
    }

    private func accounts(
        _ conditions: [Query?], page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<AccountGrants> {
        let query = try Query.page(page, of: "accounts", Self.columns, where: ["deleted_at IS NULL"] + conditions)
        return Page(try await session.rows(query, AccountGrants.init(row:)), request: page) { $0.account.id }
    }

    /// - Throws: ``Refusal/permissionUnknown``.
    func setPermissions(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        let links = LinkStore(
            table: "account_permissions", owner: "account_id", target: ("permission_id", "permissions"))
        try await links.replace(
            of: account.id, with: ids, orThrow: .permissionUnknown,
            changing: { .changing(principalOf: account.id, by: $0) }, in: transaction)
    }

    /// - Throws: ``Refusal/permissionGroupUnknown`` for another realm's too.
    func setPermissionGroups(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        let links = LinkStore(
            table: "account_permission_groups", owner: "account_id", target: ("permission_group_id", "permission_groups"),
            copied: ["realm"])
        try await links.replace(
            of: account.id, with: ids, where: ["realm = \(account.realm)"], orThrow: .permissionGroupUnknown,
            changing: { .changing(principalOf: account.id, by: $0) }, in: transaction)
    }

    /// - Throws: ``Refusal/userGroupUnknown`` for another realm's and another merchant's too.
    func setUserGroups(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        let links = LinkStore(
            table: "user_group_members", owner: "account_id", target: ("user_group_id", "user_groups"),
            copied: ["realm", "owner_id"])
        try await links.replace(
            of: account.id, with: ids,
            where: ["realm = \(account.realm)", "owner_id IN (0, \(account.merchantID ?? 0))"],
            orThrow: .userGroupUnknown, changing: { .changing(principalOf: account.id, by: $0) }, in: transaction)
    }

    /// - Throws: ``Refusal/cinemaUnknown`` for another merchant's too, and where the account has no merchant.
    func setCinemas(_ ids: Set<Int64>, of account: Account, in transaction: PostgresTransaction) async throws {
        let links = LinkStore(
            table: "account_cinemas", owner: "account_id", target: ("cinema_id", "cinemas"),
            copied: ["merchant_id"])
        try await links.replace(
            of: account.id, with: ids, where: ["merchant_id = \(account.merchantID)", "deleted_at IS NULL"], orThrow: .cinemaUnknown,
            changing: { .changing(principalOf: account.id, by: $0) }, in: transaction)
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
}

extension AccountGrants {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            account: try Account(row: row),
            permissionIDs: try row["permission_ids"],
            permissionGroupIDs: try row["permission_group_ids"],
            userGroupIDs: try row["user_group_ids"],
            cinemaIDs: try row["cinema_ids"]
        )
    }
}
