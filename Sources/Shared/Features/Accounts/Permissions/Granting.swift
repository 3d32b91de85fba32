package import Callers
package import Database

/// Gives accounts permissions, groups and cinemas, and takes them away: administrators do it for all, merchants for their own people.
package struct Granting: Sendable {
    private let owners: Owners
    private let permissions: Permissions
    private let creation: AccountCreation
    private let accountStore = AccountStore()
    private let accountGrantsStore = AccountGrantsStore()
    private let userGroupStore = UserGroupStore()
    private let grantStore = GrantStore()
    private let sessionStore = SessionStore()
    private let auditTrail = AuditTrail()

    init(owners: Owners, permissions: Permissions, creation: AccountCreation) {
        self.owners = owners
        self.permissions = permissions
        self.creation = creation
    }

    /// An account with what was given to it.
    ///
    /// - Parameter scope: what the caller manages; the account must be of that merchant, and limited to none but those cinemas.
    /// - Throws: ``Refusal/notFound``.
    package func grants(of id: Int64, scope: MerchantScope = .everybody, in session: some PostgresSession) async throws -> AccountGrants {
        guard let grants = try await accountGrantsStore.grants(of: id, in: session), grants.isInside(scope) else { throw Refusal.notFound }
        return grants
    }

    /// The accounts of a merchant by number.
    ///
    /// - Throws: ``Refusal/notFound`` where the scope names no merchant, ``Refusal/cursorInvalid``.
    package func members(_ scope: MerchantScope, page: PageRequest, in session: some PostgresSession) async throws -> Page<AccountGrants> {
        guard let merchantID = scope.merchantID else { throw Refusal.notFound }
        return try await accountGrantsStore.members(ofMerchant: merchantID, cinemaIDs: scope.cinemaIDs, page: page, in: session)
    }

    /// Hashes the password of a member that is to be made. That takes long, so it stands before the transaction.
    ///
    /// - Throws: ``Refusal/busy``, ``Refusal/passwordTooShort``: a new member has no second factor yet.
    func hashed(_ password: Password) async throws -> PasswordHash {
        try await creation.hash(password, realm: .cinema)
    }

    /// Makes another account for a merchant, with groups and cinemas.
    ///
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``, and what
    ///   ``changeGrants(of:_:version:scope:by:needs:address:in:)`` throws.
    func addMember(
        _ new: NewAccount, hash: PasswordHash, grants: AccountGrantsChange, scope: MerchantScope, by actor: Principal, address: String?,
        in transaction: PostgresTransaction
    ) async throws -> AccountGrants {
        guard let merchantID = scope.merchantID else { throw Refusal.notFound }
        let account = try await creation.create(
            new, hash: hash, realm: .cinema, merchantID: merchantID, by: actor.accountID, address: address, in: transaction
        )
        // The default group is the owner's: nobody gets it unless the change names it.
        try await accountGrantsStore.setUserGroups([], of: account, in: transaction)
        let before = AccountGrants(account: account, permissionIDs: [], permissionGroupIDs: [], userGroupIDs: [], cinemaIDs: [])
        return try await apply(grants, to: before, scope: scope, by: actor, address: address, in: transaction)
    }

    /// Changes what was given to an account, and whether it is disabled; disabling ends its sessions at once.
    ///
    /// - Parameters:
    ///   - version: the account's, that the caller has seen; `nil` for any.
    ///   - scope: whose account it has to be, and the cinemas that may be given.
    ///   - need: what the caller must hold for this; `nil` for nothing.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/grantNotHeld``, ``Refusal/limitedToCinemas``, ``Refusal/lastOwner``,
    ///   ``Refusal/ownAccount``, ``Refusal/disabledByPlatform``, ``Refusal/permissionUnknown``, ``Refusal/permissionGroupUnknown``,
    ///   ``Refusal/userGroupUnknown``, ``Refusal/cinemaUnknown``.
    package func changeGrants(
        of id: Int64, _ change: AccountGrantsChange, version: Int64?, scope: MerchantScope, by actor: Principal,
        needs need: PermissionGrant?, address: String?, in transaction: PostgresTransaction
    ) async throws -> AccountGrants {
        let realm = try await grants(of: id, scope: scope, in: transaction).account.realm
        try await owners.lock(realm, for: actor, needs: need, in: transaction)
        guard let account = try await accountStore.locked(id, in: transaction) else { throw Refusal.notFound }
        if let version, version != account.version { throw Refusal.stale }
        let before = try await grants(of: id, scope: scope, in: transaction)
        // The client realm has no owners.
        guard realm != .client else {
            return try await apply(change, to: before, scope: scope, by: actor, address: address, in: transaction)
        }
        return try await owners.keepingOne(of: realm, merchantID: account.merchantID, in: transaction) {
            try await apply(change, to: before, scope: scope, by: actor, address: address, in: transaction)
        }
    }

    /// The members of a user group by number.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/cursorInvalid``.
    package func members(
        ofGroup id: Int64, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<AccountGrants> {
        guard try await userGroupStore.group(id, in: session) != nil else { throw Refusal.notFound }
        return try await accountGrantsStore.members(ofGroup: id, page: page, in: session)
    }

    /// Makes an account a member of a user group.
    ///
    /// - Throws: ``Refusal/notFound`` for the group, ``Refusal/accountUnknown``, ``Refusal/alreadyMember``, ``Refusal/grantNotHeld``.
    package func addMember(
        _ accountID: Int64, toGroup id: Int64, by actor: Principal, needs need: PermissionGrant?, address: String?,
        in transaction: PostgresTransaction
    ) async throws -> AccountGrants {
        guard let group = try await userGroupStore.group(id, in: transaction) else { throw Refusal.notFound }
        guard let before = try await accountGrantsStore.grants(of: accountID, in: transaction), group.isFor(before.account) else {
            throw Refusal.accountUnknown
        }
        guard !before.userGroupIDs.contains(id) else { throw Refusal.alreadyMember }
        let change = AccountGrantsChange(userGroupIDs: before.userGroupIDs + [id])
        return try await changeGrants(
            of: accountID, change, version: before.account.version, scope: .everybody, by: actor, needs: need, address: address,
            in: transaction
        )
    }

    /// Takes an account out of a user group.
    ///
    /// - Parameter version: the account's, that the caller has seen; `nil` for any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/grantNotHeld``, ``Refusal/lastOwner``.
    package func removeMember(
        _ accountID: Int64, fromGroup id: Int64, version: Int64?, by actor: Principal, needs need: PermissionGrant?, address: String?,
        in transaction: PostgresTransaction
    ) async throws {
        let before = try await grants(of: accountID, in: transaction)
        guard before.userGroupIDs.contains(id) else { throw Refusal.notFound }
        let change = AccountGrantsChange(userGroupIDs: before.userGroupIDs.filter { $0 != id })
        _ = try await changeGrants(
            of: accountID, change, version: version ?? before.account.version, scope: .everybody, by: actor, needs: need, address: address,
            in: transaction
        )
    }

    private func apply(
        _ change: AccountGrantsChange, to before: AccountGrants, scope: MerchantScope, by actor: Principal, address: String?,
        in transaction: PostgresTransaction
    ) async throws -> AccountGrants {
        let account = before.account
        try await permissions.requireHeld(touched(by: change, before, in: transaction), by: actor, in: transaction)
        if let ids = change.permissionIDs { try await accountGrantsStore.setPermissions(Set(ids), of: account, in: transaction) }
        if let ids = change.permissionGroupIDs { try await accountGrantsStore.setPermissionGroups(Set(ids), of: account, in: transaction) }
        if let ids = change.userGroupIDs { try await accountGrantsStore.setUserGroups(Set(ids), of: account, in: transaction) }
        let cinemaIDs = Set(change.cinemaIDs ?? before.cinemaIDs)
        if cinemaIDs != Set(before.cinemaIDs) {
            // What the account may do, it may then do at other cinemas.
            try await permissions.requireHeld(allOf: account.id, by: actor, in: transaction)
        }
        if let own = scope.cinemaIDs, cinemaIDs.isEmpty || !cinemaIDs.isSubset(of: own) { throw Refusal.limitedToCinemas }
        if change.cinemaIDs != nil { try await accountGrantsStore.setCinemas(cinemaIDs, of: account, in: transaction) }
        let disabledBy = try account.disabledBy(after: change.disabled, by: actor.realm)
        if disabledBy != account.disabledBy {
            try await setDisabled(disabledBy != nil, account, by: actor, address: address, in: transaction)
        }
        _ = try await accountStore.update(account.id, permission: account.permission, disabledBy: disabledBy, in: transaction)
        guard let after = try await accountGrantsStore.grants(of: account.id, in: transaction) else {
            throw Defect.lockedRowGone(from: "accounts")
        }
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: actor.accountID, action: .grantsChanged, subject: account.auditSubject, address: address,
                details: before.differences(to: after)
            ),
            in: transaction
        )
        try await grantStore.notifyReaders(in: transaction)
        return after
    }

    /// All permissions that a change gives or takes.
    private func touched(
        by change: AccountGrantsChange, _ before: AccountGrants, in transaction: PostgresTransaction
    ) async throws -> [PermissionGrant] {
        func difference(_ wanted: [Int64]?, _ present: [Int64]) -> Set<Int64> {
            wanted.map { Set($0).symmetricDifference(present) } ?? []
        }
        return try await grantStore.reached(
            permissionIDs: difference(change.permissionIDs, before.permissionIDs),
            permissionGroupIDs: difference(change.permissionGroupIDs, before.permissionGroupIDs),
            userGroupIDs: difference(change.userGroupIDs, before.userGroupIDs),
            in: transaction
        )
    }

    /// Disables or enables an account; whoever does it must hold all that the account does.
    private func setDisabled(
        _ disabled: Bool, _ account: Account, by actor: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        if disabled, account.id == actor.accountID { throw Refusal.ownAccount }
        try await permissions.requireHeld(allOf: account.id, by: actor, in: transaction)
        if disabled { try await sessionStore.revokeAll(accountID: account.id, in: transaction) }
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: actor.accountID, action: disabled ? .accountDisabled : .accountEnabled, subject: account.auditSubject,
                address: address
            ),
            in: transaction
        )
    }
}
