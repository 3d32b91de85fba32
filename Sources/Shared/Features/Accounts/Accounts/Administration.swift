package import Database

extension Identity {
    /// Accounts by number.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func accounts(
        _ filter: AccountFilter = AccountFilter(), page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<Account> {
        let rows = try await accountStore.accounts(filter, after: page.idKey(), limit: page.limit + 1, in: session)
        return Page(rows, request: page) { [String($0.id)] }
    }

    /// Changes what an account may do, or whether it may sign in at all; disabling ends its sessions at once.
    /// To be followed by ``forget(accountID:)`` after the commit.
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
        // The platform may shut any merchant out, its owner too; among its own people somebody remains.
        let keepsOwner = realm == .admin
        if keepsOwner { try await lockOwners(of: realm, for: principal, needs: need, in: transaction) }
        guard let before = try await accountStore.locked(id, in: transaction) else { throw Refusal.notFound }
        if let version, version != before.version { throw Refusal.stale }
        let permission = change.permission ?? before.permission
        let disabledBy = try before.disabledBy(after: change.disabled, by: principal.realm)
        guard permission != before.permission || disabledBy != before.disabledBy else { return before }
        if disabledBy != nil, id == principal.accountID { throw Refusal.ownAccount }
        try await requireAbove(before, becoming: permission, by: principal, in: transaction)
        let hadOwner = keepsOwner ? try await userGroupStore.hasOwner(realm: realm, merchantID: nil, in: transaction) : false
        let after = try await accountStore.update(id, permission: permission, disabledBy: disabledBy, in: transaction)
        guard let after else { throw Refusal.notFound }
        if hadOwner, try await !userGroupStore.hasOwner(realm: realm, merchantID: nil, in: transaction) { throw Refusal.lastOwner }
        if permission != before.permission {
            let details = ["from": String(before.permission.rawValue), "to": String(permission.rawValue)]
            try await record(.permissionChanged, details)
        }
        if disabledBy != before.disabledBy {
            if after.isDisabled { try await sessionStore.revokeAll(accountID: id, in: transaction) }
            try await record(after.isDisabled ? .accountDisabled : .accountEnabled)
        }
        try await grantStore.hint(in: transaction)
        return after

        func record(_ action: AuditAction, _ details: [String: String] = [:]) async throws {
            try await auditStore.record(
                AuditEntry(
                    actorAccountID: principal.accountID, action: action, subject: before.auditSubject, address: address, details: details
                ),
                in: transaction
            )
        }
    }

    /// Makes the changes of a realm's accounts wait for each other, so that those who may do everything can't shut each other out at once;
    /// and looks at the caller again, who may have been shut out while it waited, or have lost what it needs for this. Taken before any account's lock.
    ///
    /// - Throws: ``Refusal/unauthenticated``, ``Refusal/accountRestricted``, ``Refusal/scopeChanged``.
    func lockOwners(of realm: Realm, for actor: Principal, needs need: PermissionGrant?, in transaction: PostgresTransaction) async throws {
        try await userGroupStore.lockDefault(of: realm, in: transaction)
        try await recheck(actor, needs: need?.bits ?? [], of: need?.resource ?? "", in: transaction)
    }

    /// Makes sure that nobody gives by a mask what it doesn't hold, and that an administrator is changed by those alone who hold all that it does.
    private func requireAbove(
        _ account: Account, becoming mask: Permission, by actor: Principal, in transaction: PostgresTransaction
    ) async throws {
        let policy = settings.permissionPolicy
        let grants = try await grantStore.held(by: account.id, in: transaction)?.grants ?? []
        let touched = Set(grants.map(\.resource)).compactMap { resource -> PermissionGrant? in
            let old = policy.effective(grants, on: resource, mask: account.permission)
            let new = policy.effective(grants, on: resource, mask: mask)
            if account.realm == .admin, account.id != actor.accountID { return PermissionGrant(resource: resource, bits: old.union(new)) }
            return policy.allows(new, holding: old) ? nil : PermissionGrant(resource: resource, bits: new)
        }
        try await requireHeld(touched, by: actor, in: transaction)
    }

    /// Merchants by number.
    ///
    /// - Parameter verified: only those that are, or are not; `nil` for all.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func merchants(verified: Bool?, page: PageRequest, in session: some PostgresSession) async throws -> Page<Merchant> {
        let rows = try await merchantStore.merchants(verified: verified, after: page.idKey(), limit: page.limit + 1, in: session)
        return Page(rows, request: page) { [String($0.id)] }
    }

    /// - Throws: ``Refusal/notFound``.
    package func merchant(_ id: Int64, in session: some PostgresSession) async throws -> Merchant {
        guard let merchant = try await merchantStore.merchant(id, in: session) else { throw Refusal.notFound }
        return merchant
    }

    /// Lets a merchant sell, or no longer.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func verifyMerchant(
        _ id: Int64, verified: Bool, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws -> Merchant {
        guard let merchant = try await merchantStore.setVerified(verified, id: id, in: transaction) else { throw Refusal.notFound }
        try await auditStore.record(
            AuditEntry(
                actorAccountID: principal.accountID,
                action: verified ? .merchantVerified : .merchantVerificationWithdrawn,
                subject: merchant.auditSubject,
                address: address
            ),
            in: transaction
        )
        return merchant
    }
}
