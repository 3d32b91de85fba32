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
    let sessions: Sessions
    let geography: IPGeography?
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
            let page = try await sessions.sessions(of: caller.accountID, page: call.pageRequest, in: pool)
            return .page(page.listed(for: caller.sessionID, by: geography))
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
                try await sessions.revokeSession(
                    id, of: principal.accountID, by: principal, address: call.address, in: transaction
                )
            }
            return .noContent
        }
    }
}
