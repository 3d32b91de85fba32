import HTTPTypes

/// Decides who may pass to an endpoint, and how often.
struct Gate: Sendable {
    let authenticator: any Authenticator
    let limiter: RateLimiter

    /// The caller of an endpoint that isn't open.
    ///
    /// - Throws: ``Problem``: 401 without a valid token.
    func caller(of endpoint: Endpoint, facts: RequestFacts) async throws -> Caller? {
        if endpoint.access == .open { return nil }
        guard
            let header = facts.headers[.authorization],
            let token = BearerToken.token(fromHeader: header),
            let caller = try await authenticator.caller(forToken: token)
        else { throw Problem.unauthenticated }
        return caller
    }

    /// Lets a caller pass.
    ///
    /// - Throws: ``Problem``: 403 without the permission.
    func admit(_ caller: Caller?, to endpoint: Endpoint) throws {
        guard case .permission(let resource, let action) = endpoint.access else { return }
        guard let caller, caller.may(action, resource) else { throw Problem.accountRestricted }
    }

    /// Takes one request off the caller's allowance.
    ///
    /// - Returns: `nil` where no limit holds.
    func quota(of routed: RoutedEndpoint, caller: Caller?, facts: RequestFacts) -> Quota? {
        guard limiter.limits(routed.endpoint.rateLimit) else { return nil }
        let key: RateLimitKey = if let caller { .account(caller.accountID) } else { .address(facts.address) }
        return limiter.take(routed.endpoint.rateLimit, key)
    }
}
