import Database
import HTTP
import Shared

/// Where the caller is signed in.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/sessions | a session |
/// | DELETE | /v1/sessions/{id} | a session |
struct OwnSessionEndpoints: Sendable {
    let identity: Identity
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, delete] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/sessions", "Lists the caller's sessions, newest first.",
            access: .signedIn,
            answers: .page(SessionShape.session)
        ) { call in
            let caller = try call.caller
            let page = try await identity.sessions(of: caller.accountID, page: call.pageRequest, in: pool)
            return .page(page.listed(for: caller.sessionID, by: identity))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/sessions/{id}", "Ends one of the caller's sessions.",
            access: .signedIn,
            answers: .noContent
        ) { call in
            let id = try call.id("id")
            let principal = try Principal(call.caller)
            try await writes.perform(call) { transaction in
                try await identity.revokeSession(
                    id, of: principal.accountID, by: principal, address: call.address, in: transaction
                )
            }
            identity.forget(accountID: principal.accountID)
            return .noContent
        }
    }
}
