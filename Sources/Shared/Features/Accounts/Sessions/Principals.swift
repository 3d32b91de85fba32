package import Callers
package import Database

/// Who holds a token, and what it may do: from the cache for reads, from the database for writes.
package struct Principals: Sendable {
    private let configuration: AccountsConfiguration
    private let cache: PrincipalCache
    private let lookups: PrincipalLookups
    private let store = SessionStore()

    package init(pool: PostgresPool, configuration: AccountsConfiguration) {
        self.configuration = configuration
        lookups = PrincipalLookups(pool: pool, configuration: configuration)
        let cache = PrincipalCache(
            lifetime: configuration.principalLifetime, memory: Realm.allCases.map { configuration.idle(in: $0).step }.min() ?? .zero,
            capacity: configuration.principalCapacity)
        pool.configuration.connection.commits.observe { [weak cache] in cache?.remove($0) }
        self.cache = cache
    }

    /// Who holds a token in a realm; `nil` for junk, other realms' tokens, ended sessions and accounts that are disabled or deleted.
    ///
    /// The answer may be as old as ``AccountsConfiguration/principalLifetime``, which is good enough for reads. Writes ask
    /// ``recheck(_:needs:of:in:)``.
    package func principal(forToken text: String, realm: Realm) async throws -> Principal? {
        guard let token = Token(text), token.realm == realm else { return nil }
        let digest = token.digest
        let principal: Principal?
        if let cached = cache.principal(for: digest, at: .now) {
            principal = cached
        } else {
            let found = try await lookups.principal(forSHA256: Array(digest))
            cache.insert(found.principal, for: digest, readAt: found.readAt)
            principal = found.principal
        }
        return principal?.realm == realm ? principal : nil
    }

    /// Who held a token in a realm when it was last looked up, perhaps minutes ago: only for a write that looks again in its transaction.
    package func cachedPrincipal(forToken text: String, realm: Realm) -> Principal? {
        guard let token = Token(text), token.realm == realm, let principal = cache.outdatedPrincipal(for: token.digest, at: .now) else {
            return nil
        }
        return principal.realm == realm ? principal : nil
    }

    /// Asks again, in the transaction of a write, whether a principal is still signed in and may do what it wants.
    ///
    /// One of two such checks: bookings make theirs in their own first round trip, in `OrderOpeningStore`. What is added to one belongs in
    /// both.
    ///
    /// - Parameters:
    ///   - needed: the bits that the action needs; none where being signed in is enough.
    ///   - resource: what is acted on, for instance `movies`.
    /// - Returns: the principal as it is now.
    /// - Throws: ``Refusal/unauthenticated`` when the session has ended or the account is disabled or deleted;
    ///   ``Refusal/accountRestricted`` when a needed bit is missing; ``Refusal/scopeChanged`` when the principal reaches another merchant's
    ///   or other cinemas' things than `principal` says, since the request was judged by those.
    @discardableResult
    package func recheck(
        _ principal: Principal, needs needed: Permission, of resource: String, in transaction: PostgresTransaction
    ) async throws -> Principal {
        let current = try await store.principal(sessionID: principal.sessionID, realm: principal.realm, in: transaction)
        guard let current, current.accountID == principal.accountID else {
            cache.remove(accountID: principal.accountID)
            throw Refusal.unauthenticated
        }
        guard allows(needed, of: resource, to: current) else { throw Refusal.lacking(needed, of: resource) }
        guard current.merchantID == principal.merchantID, current.cinemaIDs == principal.cinemaIDs else {
            cache.remove(accountID: principal.accountID)
            throw Refusal.scopeChanged
        }
        return current
    }

    /// Whether a principal may do what needs these bits.
    package func allows(_ needed: Permission, of resource: String, to principal: Principal) -> Bool {
        configuration.permissionPolicy.allows(needed, holding: effectivePermission(of: principal, on: resource))
    }

    /// What a principal may do to a resource.
    package func effectivePermission(of principal: Principal, on resource: String) -> Permission {
        configuration.permissionPolicy.effective(principal.grants, on: resource, mask: principal.permission)
    }

    /// Whether a principal has to set up a second factor before it may do anything else.
    package func lacksSecondFactor(_ principal: Principal) -> Bool {
        configuration.needsSecondFactor(in: principal.realm) && !principal.hasSecondFactor
    }

    /// Makes this process look an account up anew: something outside of its own transactions has changed it.
    package func removeCached(accountID: Int64) {
        cache.remove(accountID: accountID)
    }

    /// Makes this process look everybody up anew: another process has changed what people may do.
    package func removeAllCached() {
        cache.removeAll()
    }
}
