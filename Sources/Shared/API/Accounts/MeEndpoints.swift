import Callers
package import HTTP
package import Shared

/// The caller's own account, in the realms without merchants. It needs no permission, so that a blacklisted account still sees its data.
package struct MeEndpoints: Sendable {
    private let ownAccount: OwnAccount

    package init(ownAccount: OwnAccount) {
        self.ownAccount = ownAccount
    }

    package var all: [Endpoint] { [show.admittingRestricted] }

    var show: Endpoint {
        Endpoint(.get, "/v1/me", "Shows the caller's own account.", access: .signedIn, answers: .ok(AccountShape.account)) { call in
            let account = try await ownAccount.account(call.principal.accountID)
            return .ok(account, etag: .version(account.version))
        }
    }
}
