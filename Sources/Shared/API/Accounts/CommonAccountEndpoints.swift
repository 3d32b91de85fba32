package import Callers
package import Database
package import HTTP
package import Shared

/// The endpoints about accounts that all three services have: signing in and out, codes, one's own account, sessions and second factor.
package struct CommonAccountEndpoints: Sendable {
    package let all: [Endpoint]

    /// - Parameter geography: gives the places of IP addresses; `nil` when no list is configured.
    package init(accounts: Accounts, geography: IPGeography? = nil, pool: PostgresPool, writes: Writes, realm: Realm) {
        all =
            SessionEndpoints(signIn: accounts.signIn, sessions: accounts.sessions, writes: writes, realm: realm).all
            + OneTimeCodeEndpoints(codes: accounts.codes, passwordReset: accounts.passwordReset, writes: writes, realm: realm).all
            + OwnAccountEndpoints(account: accounts.ownAccount, password: accounts.ownPassword, writes: writes).all
            + OwnSessionEndpoints(sessions: accounts.sessions, geography: geography, pool: pool, writes: writes).all
            + SecondFactorEndpoints(
                secondFactors: accounts.secondFactors, ownSecondFactor: accounts.ownSecondFactor, pool: pool, writes: writes
            ).all
    }
}
