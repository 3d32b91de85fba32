package import Database
package import HTTP
package import Shared

/// What all three services offer about who somebody is: signing in and out, codes, one's own account, sessions and second factor.
package struct IdentityEndpoints: Sendable {
    package let all: [Endpoint]

    package init(identity: Identity, pool: PostgresPool, writes: Writes, realm: Realm) {
        all =
            SessionEndpoints(identity: identity, writes: writes, realm: realm).all
            + OneTimeCodeEndpoints(identity: identity, writes: writes, realm: realm).all
            + OwnAccountEndpoints(identity: identity, writes: writes, realm: realm).all
            + OwnSessionEndpoints(identity: identity, pool: pool, writes: writes).all
            + SecondFactorEndpoints(identity: identity, pool: pool, writes: writes).all
    }
}
