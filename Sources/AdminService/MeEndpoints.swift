import API
import Database
import HTTP
import Shared

/// The caller's own account.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/me | a session |
struct MeEndpoints: Sendable {
    let identity: Identity
    let pool: PostgresPool

    var all: [Endpoint] { [show.admittingRestricted] }

    var show: Endpoint {
        Endpoint(.get, "/v1/me", "Shows the caller's own account.", access: .signedIn, answers: .ok(AccountShape.account)) { call in
            let account = try await identity.account(call.caller.accountID, in: pool)
            return .ok(account, etag: .version(account.version))
        }
    }
}
