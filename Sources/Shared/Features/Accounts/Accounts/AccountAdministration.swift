package import Callers
package import Database

/// What administrators do to accounts.
package struct AccountAdministration: Sendable {
    private let owners: Owners
    private let permissions: Permissions
    private let accountStore = AccountStore()
    private let sessionStore = SessionStore()
    private let grantStore = GrantStore()
    private let auditTrail = AuditTrail()

    init(owners: Owners, permissions: Permissions) {
        self.owners = owners
        self.permissions = permissions
    }

    /// - Throws: ``Refusal/notFound``.
    package func account(_ id: Int64, in session: some PostgresSession) async throws -> Account {
        guard let account = try await accountStore.account(id, in: session) else { throw Refusal.notFound }
        return account
    }

    /// Accounts by number.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func accounts(
        _ filter: AccountFilter = AccountFilter(), page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Account> {
        try await accountStore.accounts(filter, page: page, in: session)
    }

    /// Changes what an account may do, or whether it may sign in at all; disabling ends its sessions at once.
    ///
    /// - Parameters:
    ///   - version: the one that the caller has seen; `nil` for any.
    ///   - need: what the caller must hold for this; `nil` for nothing.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/ownAccount``, ``Refusal/grantNotHeld``, ``Refusal/lastOwner``.
    package func changeAccount(
        _ id: Int64, _ change: AccountChange, version: Int64?, by principal: Principal, needs need: PermissionGrant?,
        address: String?, in transaction: PostgresTransaction
    ) async throws -> Account {
        let realm = try await account(id, in: transaction).realm
        // The platform may disable any merchant's people, its owner too; among its own people somebody remains.
        let keepsOwner = realm == .admin
        if keepsOwner { try await owners.lock(realm, for: principal, needs: need, in: transaction) }
        guard let before = try await accountStore.locked(id, in: transaction) else { throw Refusal.notFound }
        if let version, version != before.version { throw Refusal.stale }
        let permission = change.permission ?? before.permission
        let disabledBy = try before.disabledBy(after: change.disabled, by: principal.realm)
        guard permission != before.permission || disabledBy != before.disabledBy else { return before }
        if disabledBy != nil, id == principal.accountID { throw Refusal.ownAccount }
        try await permissions.requireAbove(before, becoming: permission, by: principal, in: transaction)
        func update() async throws -> Account? {
            try await accountStore.update(id, permission: permission, disabledBy: disabledBy, in: transaction)
        }
        let updated = try await keepsOwner ? owners.keepingOne(of: realm, merchantID: nil, in: transaction, update) : update()
        guard let after = updated else { throw Defect.lockedRowGone(from: "accounts") }
        if permission != before.permission {
            let details = ["from": String(before.permission.rawValue), "to": String(permission.rawValue)]
            try await record(.permissionChanged, details)
        }
        if disabledBy != before.disabledBy {
            if after.isDisabled { try await sessionStore.revokeAll(accountID: id, in: transaction) }
            try await record(after.isDisabled ? .accountDisabled : .accountEnabled)
        }
        try await grantStore.notifyReaders(in: transaction)
        return after

        func record(_ action: AuditAction, _ details: [String: String] = [:]) async throws {
            try await auditTrail.record(
                AuditEntry(
                    actorAccountID: principal.accountID, action: action, subject: before.auditSubject, address: address, details: details
                ),
                in: transaction
            )
        }
    }
}
