import Callers
import HTTPTypes

/// Decides which callers may call an endpoint, and how often.
struct Gate: Sendable {
    let authenticator: any Authenticator
    let limiter: RateLimiter

    /// A caller that was let in.
    struct Admission {
        /// `nil` at an open endpoint.
        let principal: Principal?
        /// Whether the principal is a cached one, which the endpoint's transaction checks again. When such a request fails, it is checked
        /// again here, because the answer must not depend on the cache.
        var isCached = false
    }

    /// The caller of an endpoint. Unknown tokens are counted, so that nobody can cause look-ups of ever new ones without end.
    ///
    /// - Throws: ``Problem``: 401 without a valid token, 429 after too many of them.
    func admission(to endpoint: Endpoint, facts: RequestFacts) async throws -> Admission {
        if endpoint.access == .open { return Admission(principal: nil) }
        guard let token = try token(facts) else { throw Problem.unauthenticated }
        if endpoint.rechecksCaller, let principal = authenticator.cachedPrincipal(forToken: token),
            authenticator.restriction(of: principal) == nil, isAllowed(principal, to: endpoint.access)
        {
            return Admission(principal: principal, isCached: true)
        }
        let address = facts.address
        if limiter.isExceeded(endpoint.rateLimit, address: address, RateLimitKey.unknownTokens),
            authenticator.cachedPrincipal(forToken: token) == nil,
            let quota = limiter.take(endpoint.rateLimit, address: address, RateLimitKey.unknownTokens)
        {
            throw quota.problem
        }
        guard let principal = try await authenticator.principal(forToken: token) else {
            _ = limiter.take(endpoint.rateLimit, address: address, RateLimitKey.unknownTokens)
            throw Problem.unauthenticated
        }
        return Admission(principal: principal)
    }

    /// Lets a caller pass.
    ///
    /// - Throws: ``Problem``: 403 without the permission, or the refusal for a restricted caller.
    func admit(_ principal: Principal?, to endpoint: Endpoint) throws {
        if !endpoint.admitsRestricted, let principal, let restriction = authenticator.restriction(of: principal) {
            throw Problem(restriction)
        }
        guard !isAllowed(principal, to: endpoint.access) else { return }
        guard case .permission(let resource, let bits) = endpoint.access else { throw Problem.unauthenticated }
        throw Problem(.lacking(bits, of: resource.rawValue))
    }

    /// Checks again whether the caller may call an endpoint. When the check itself fails, the first result stands.
    ///
    /// - Throws: ``Problem``: 401 without a valid token, 403 without the permission.
    func recheck(_ endpoint: Endpoint, facts: RequestFacts) async throws {
        guard let token = try token(facts) else { throw Problem.unauthenticated }
        let found: Principal?
        do {
            found = try await authenticator.principal(forToken: token)
        } catch {
            return
        }
        guard let principal = found else { throw Problem.unauthenticated }
        try admit(principal, to: endpoint)
    }

    private func token(_ facts: RequestFacts) throws -> String? {
        try facts.headers.only(.authorization).flatMap(BearerToken.token(fromHeader:))
    }

    private func isAllowed(_ principal: Principal?, to access: Access) -> Bool {
        switch access {
        case .open: true
        case .signedIn: principal != nil
        case .permission(let resource, let bits): principal.map { authenticator.isAllowed(bits, on: resource, to: $0) } ?? false
        }
    }

    /// Takes one request off the caller's allowance.
    ///
    /// - Returns: `nil` when no limit applies.
    func quota(of routed: RoutedEndpoint, principal: Principal?, facts: RequestFacts) -> Quota? {
        guard limiter.limits(routed.endpoint.rateLimit) else { return nil }
        guard let principal else { return limiter.take(routed.endpoint.rateLimit, address: facts.address, RateLimitKey.address) }
        return limiter.take(routed.endpoint.rateLimit, .account(principal.accountID))
    }
}

/// The token in an Authorization header (RFC 6750 §2.1).
private enum BearerToken {
    /// - Returns: `nil` for another scheme or a token that can't be one.
    static func token(fromHeader header: String) -> String? {
        let scheme = "Bearer "
        guard header.utf8.count > scheme.utf8.count, header.prefix(scheme.count).lowercased() == scheme.lowercased() else { return nil }
        let token = header.dropFirst(scheme.count)
        guard token.utf8.count <= 512, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(token)
    }
}
