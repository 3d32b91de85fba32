import Callers
package import Database
package import HTTP
package import Shared

/// The caller's own account, the same in all services. It needs no permission, so that a blacklisted account still sees its data.
package struct MeEndpoints: Sendable {
    private let accounts: Accounts
    private let merchants: Merchants

    package init(accounts: Accounts, pool: PostgresPool) {
        self.accounts = accounts
        merchants = Merchants(pool: pool, accounts: accounts)
    }

    package var all: [Endpoint] { [show.admittingRestricted] }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/me", "Shows the caller's own account, its merchant, and what it may do.",
            access: .signedIn,
            answers: .ok(MeShape.me)
        ) { call in
            let principal = try call.principal
            let profile = try await merchants.profile(of: principal)
            return .ok(Me(profile: profile, permissions: permissions(of: principal)), etag: .version(profile.account.version))
        }
    }

    private func permissions(of principal: Principal) -> [Me.Permissions] {
        Resource.all.compactMap { resource in
            let allowed = Permission.actions.filter { accounts.principals.allows($0.value, of: resource.rawValue, to: principal) }
            return allowed.isEmpty ? nil : Me.Permissions(resource: resource, actions: allowed.map(\.key))
        }
    }
}
