package import Database

/// Who people are and what they may do.
///
/// Signing up and in lies in `SigningUp.swift` and `SigningIn.swift`, what administrators do to others in `Administration.swift`.
package struct Identity: Sendable {
    let pool: PostgresPool
    let hasher: PasswordHasher
    let throttle: SignInThrottle
    package let settings: AccountsConfiguration
    let cache: PrincipalCache
    /// What codes and second factors are kept under; without it there are none.
    let secrets: AccountSecrets?
    let lookups: PrincipalLookups
    /// Where addresses are; `nil` when nobody has told.
    let places: IPGeography?
    let outbox = Outbox()
    /// Refusals that have yet to be written down.
    let refusals = DenialCounts()

    let accountStore = AccountStore()
    let contactStore = ContactStore()
    let sessionStore = SessionStore()
    let merchantStore = MerchantStore()
    let auditStore = AuditStore()
    let permissionStore = PermissionStore()
    let permissionGroupStore = PermissionGroupStore()
    let userGroupStore = UserGroupStore()
    let grantStore = GrantStore()
    let accountGrantsStore = AccountGrantsStore()
    let codeStore = OneTimeCodeStore()
    let factorStore = SecondFactorStore()

    package init(
        pool: PostgresPool,
        hasher: PasswordHasher,
        throttle: SignInThrottle = SignInThrottle(),
        settings: AccountsConfiguration = AccountsConfiguration(),
        secrets: AccountSecrets? = nil,
        places: IPGeography? = nil
    ) {
        self.pool = pool
        self.hasher = hasher
        self.throttle = throttle
        self.settings = settings
        self.secrets = secrets
        self.places = places
        lookups = PrincipalLookups(pool: pool, settings: settings)
        cache = PrincipalCache(
            lifetime: settings.principalLifetime, memory: Realm.allCases.map { settings.idle(in: $0).step }.min() ?? .zero,
            capacity: settings.principalCapacity)
    }

    /// Who holds a token in a realm; `nil` for junk, other realms' tokens, ended sessions and accounts that are disabled or deleted.
    ///
    /// The answer may be as old as ``AccountsConfiguration/principalLifetime``: good enough for reading. Writes ask ``recheck(_:needs:of:in:)``.
    package func principal(forToken text: String, realm: Realm) async throws -> Principal? {
        guard let token = Token(text), token.realm == realm else { return nil }
        let digest = token.digest
        let principal: Principal?
        if let known = cache.principal(for: digest, at: .now) {
            principal = known
        } else {
            let found = try await lookups.principal(forSHA256: Array(digest))
            cache.keep(found.principal, for: digest, readAt: found.readAt)
            principal = found.principal
        }
        return principal?.realm == realm ? principal : nil
    }

    /// Who held a token in a realm when it was last looked up, some minutes ago perhaps: only for a write that looks again in its transaction.
    package func rememberedPrincipal(forToken text: String, realm: Realm) -> Principal? {
        guard let token = Token(text), token.realm == realm, let principal = cache.remembered(for: token.digest, at: .now) else {
            return nil
        }
        return principal.realm == realm ? principal : nil
    }

    /// Asks again, in the transaction of a write, whether somebody is still signed in and may do it.
    ///
    /// - Parameters:
    ///   - needed: the bits that the action needs; none for what everybody may do that is signed in.
    ///   - resource: what is acted on, for instance `movies`.
    /// - Returns: the principal as it is now.
    /// - Throws: ``Refusal/unauthenticated`` when the session has ended or the account is disabled or deleted,
    ///   ``Refusal/accountRestricted`` when its permission lacks a bit, ``Refusal/scopeChanged`` when it reaches others' things, or other
    ///   cinemas', than `principal` says: what was decided by that would be decided by the past.
    @discardableResult
    package func recheck(
        _ principal: Principal, needs needed: Permission, of resource: String, in transaction: PostgresTransaction
    ) async throws -> Principal {
        let current = try await sessionStore.principal(sessionID: principal.sessionID, realm: principal.realm, in: transaction)
        guard let current, current.accountID == principal.accountID else {
            cache.forget(accountID: principal.accountID)
            throw Refusal.unauthenticated
        }
        guard allows(needed, of: resource, to: current) else { throw Refusal.accountRestricted }
        guard current.scope == principal.scope else {
            cache.forget(accountID: principal.accountID)
            throw Refusal.scopeChanged
        }
        return current
    }

    /// Whether somebody may do what needs these bits.
    package func allows(_ needed: Permission, of resource: String, to principal: Principal) -> Bool {
        settings.permissionPolicy.allows(needed, holding: effectivePermission(of: principal, on: resource))
    }

    /// Whether somebody has to set a second factor up before anything else.
    package func lacksSecondFactor(_ principal: Principal) -> Bool {
        settings.needsSecondFactor(in: principal.realm) && !principal.hasSecondFactor
    }

    /// What somebody may do to a resource.
    package func effectivePermission(of principal: Principal, on resource: String) -> Permission {
        settings.permissionPolicy.effective(principal.grants, on: resource, mask: principal.permission)
    }

    /// Makes this process look everybody up anew: somebody may do more or less than before.
    package func forgetEverybody() {
        cache.forgetEverybody()
    }

    /// Makes this process look an account up anew; to be called after the commit of a change to it or its sessions.
    package func forget(accountID: Int64) {
        cache.forget(accountID: accountID)
    }

    /// Writes down what somebody did.
    package func record(_ entry: AuditEntry, in session: some PostgresSession) async throws {
        try await auditStore.record(entry, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func account(_ id: Int64, in session: some PostgresSession) async throws -> Account {
        guard let account = try await accountStore.account(id, in: session) else { throw Refusal.notFound }
        return account
    }
}

extension Account {
    /// How the audit trail names it.
    var auditSubject: String { "account:\(id)" }
}

extension Merchant {
    /// How the audit trail names it.
    var auditSubject: String { "merchant:\(id)" }
}

extension Identity {
    /// Where an address is; `nil` without a list, and for what it doesn't know.
    package func place(of address: String?) -> IPLocation? {
        address.flatMap { places?.place(of: $0) }
    }
}
