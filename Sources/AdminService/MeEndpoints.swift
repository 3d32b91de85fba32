import API
import HTTP
import Shared

/// The caller's own account.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/me | a session |
struct MeEndpoints: Sendable {
    let ownAccount: OwnAccount

    var all: [Endpoint] { [show.admittingRestricted] }

    var show: Endpoint {
        Endpoint(.get, "/v1/me", "Shows the caller's own account.", access: .signedIn, answers: .ok(AccountShape.account)) { call in
            let account = try await ownAccount.account(call.caller.accountID)
            return .ok(account, etag: .version(account.version))
        }
    }
}
