package import HTTP
package import Shared

/// Tells a service whose a token is: somebody of its own realm, or nobody.
package struct SessionAuthenticator: Authenticator {
    private let principals: Principals
    private let realm: Realm
    private let permissions = CallerPermissions()

    package init(principals: Principals, realm: Realm) {
        self.principals = principals
        self.realm = realm
    }

    package func caller(forToken token: String) async throws -> Caller? {
        try await principals.principal(forToken: token, realm: realm).map(caller)
    }

    package func rememberedCaller(forToken token: String) -> Caller? {
        principals.cachedPrincipal(forToken: token, realm: realm).map(caller)
    }

    private func caller(_ principal: Principal) -> Caller {
        Caller(
            accountID: principal.accountID,
            realm: principal.realm.rawValue,
            merchantID: principal.merchantID,
            cinemaIDs: principal.cinemaIDs,
            permissions: permissions.permissions(of: principal, in: principals),
            sessionID: principal.sessionID,
            restriction: principals.lacksSecondFactor(principal) ? Problem(.secondFactorRequired) : nil
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
