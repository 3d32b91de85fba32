package import Callers

/// Knows whose a token is, and what whoever has it may do.
package protocol Authenticator: Sendable {
    /// Who a bearer token stands for.
    ///
    /// - Returns: `nil` for a token that is malformed, unknown, of another realm, ended or expired; HTTP answers all of them alike.
    func principal(forToken token: String) async throws -> Principal?

    /// Who a bearer token stood for when it was last looked at, some minutes ago perhaps; `nil` when that isn't known.
    func cachedPrincipal(forToken token: String) -> Principal?

    /// Whether a principal may do to a resource what needs these bits.
    func isAllowed(_ needed: Permission, on resource: Resource, to principal: Principal) -> Bool

    /// What a principal is answered wherever an endpoint doesn't say that it ``Endpoint/admitsRestricted``; `nil` for nearly everybody.
    func restriction(of principal: Principal) -> Refusal?
}

extension Authenticator {
    package func cachedPrincipal(forToken token: String) -> Principal? { nil }

    package func restriction(of principal: Principal) -> Refusal? { nil }
}
