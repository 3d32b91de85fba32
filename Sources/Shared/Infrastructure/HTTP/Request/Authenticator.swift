package import Callers

/// Finds the principal of a token, and decides what a principal is allowed.
package protocol Authenticator: Sendable {
    /// The principal of a bearer token.
    ///
    /// - Returns: `nil` for a token that is malformed, unknown, of another realm, ended or expired; HTTP answers all of them alike.
    func principal(forToken token: String) async throws -> Principal?

    /// The cached principal of a bearer token, which may be some minutes old; `nil` when none is cached.
    func cachedPrincipal(forToken token: String) -> Principal?

    /// Whether a principal is allowed an action on a resource that needs these bits.
    func isAllowed(_ needed: Permission, on resource: Resource, to principal: Principal) -> Bool

    /// The refusal for a restricted principal, at every endpoint that isn't ``Endpoint/admitsRestricted``; `nil` for nearly all principals.
    func restriction(of principal: Principal) -> Refusal?
}

extension Authenticator {
    package func cachedPrincipal(forToken token: String) -> Principal? { nil }

    package func restriction(of principal: Principal) -> Refusal? { nil }
}
