import Callers
import Database
import HTTP
import Shared

/// The sessions of the caller.
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
            let principal = try call.principal
            let page = try await sessions.sessions(of: principal.accountID, page: call.page, in: pool)
            return .page(page.listed(for: principal.sessionID, by: geography))
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/sessions/{id}", "Ends one of the caller's sessions.",
            access: .signedIn,
            answers: .noContent
        ) { call in
            let id = try call[.id]
            let principal = try call.principal
            try await writes.perform(call) { transaction in
                try await sessions.revokeSession(
                    id, of: principal.accountID, by: principal, address: call.address, in: transaction
                )
            }
            return .noContent
        }
    }
}
