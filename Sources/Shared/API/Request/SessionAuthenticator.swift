package import Callers
import HTTP
package import Shared

/// Finds the principal of a token. A service knows only tokens of its own realm.
package struct SessionAuthenticator: Authenticator {
    private let principals: Principals
    private let realm: Realm

    package init(principals: Principals, realm: Realm) {
        self.principals = principals
        self.realm = realm
    }

    package func principal(forToken token: String) async throws -> Principal? {
        try await principals.principal(forToken: token, realm: realm)
    }

    package func cachedPrincipal(forToken token: String) -> Principal? {
        principals.cachedPrincipal(forToken: token, realm: realm)
    }

    package func isAllowed(_ needed: Permission, on resource: Resource, to principal: Principal) -> Bool {
        principals.allows(needed, of: resource.rawValue, to: principal)
    }

    package func restriction(of principal: Principal) -> Refusal? {
        principals.lacksSecondFactor(principal) ? .secondFactorRequired : nil
    }
}
