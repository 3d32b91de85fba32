package import HTTP
package import Shared

/// Tells a service whose a token is: somebody of its own realm, or nobody.
package struct SessionAuthenticator: Authenticator {
    private let identity: Identity
    private let realm: Realm

    package init(identity: Identity, realm: Realm) {
        self.identity = identity
        self.realm = realm
    }

    package func caller(forToken token: String) async throws -> Caller? {
        guard let principal = try await identity.principal(forToken: token, realm: realm) else { return nil }
        let resources = Set(principal.grants.map(\.resource))
        // The policy may let a number mean more than its bits; HTTP knows bits alone.
        let permissions = resources.map { resource in
            let allowed = Action.allCases.filter { identity.allows(Permission($0), of: resource, to: principal) }
            return (Resource(rawValue: resource), allowed.reduce(0) { $0 | $1.rawValue })
        }
        return Caller(
            accountID: principal.accountID,
            realm: principal.realm.rawValue,
            merchantID: principal.merchantID,
            cinemaIDs: principal.cinemaIDs,
            permissions: Dictionary(permissions) { $0 | $1 },
            sessionID: principal.sessionID
        )
    }
}

extension Permission {
    /// The bit of an action.
    package init(_ action: Action) {
        self.init(rawValue: action.rawValue)
    }
}

extension Principal {
    /// The principal that HTTP's caller was made of.
    ///
    /// - Throws: ``Refusal/unauthenticated`` for a realm that doesn't exist.
    package init(_ caller: Caller) throws {
        guard let realm = Realm(rawValue: caller.realm) else { throw Refusal.unauthenticated }
        self.init(
            accountID: caller.accountID,
            realm: realm,
            merchantID: caller.merchantID,
            cinemaIDs: caller.cinemaIDs,
            permission: .everything,
            grants: caller.permissions.map { PermissionGrant(resource: $0.key.rawValue, bits: Permission(rawValue: $0.value)) },
            sessionID: caller.sessionID
        )
    }
}
