import API
import Callers
import Database
import HTTP
import Shared

/// The sessions of accounts, and help for people who have lost their second factor.
struct AccountSessionEndpoints: Sendable {
    let sessions: Sessions
    let secondFactors: SecondFactors
    let geography: IPGeography?
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, deleteAll, delete, removeSecondFactor, openSecondFactor] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/accounts/{id}/sessions", "Lists an account's sessions, newest first.",
            access: .permission(.sessions, .read),
            answers: .page(SessionShape.session)
        ) { call in
            let page = try await sessions.sessions(ofNamed: call[.id], page: call.page, in: pool)
            return .page(page.listed(for: try call.principal.sessionID, by: geography))
        }
    }

    var deleteAll: Endpoint {
        Endpoint(
            .delete, "/v1/accounts/{id}/sessions", "Ends all sessions of an account.",
            access: .permission(.sessions, .delete),
            answers: .noContent,
            refusals: [.grantNotHeld]
        ) { call in
            let id = try call[.id]
            let principal = try call.principal
            try await writes.perform(call) { transaction in
                try await sessions.revokeAllSessions(of: id, by: principal, address: call.address, in: transaction)
            }
            return .noContent
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/accounts/{id}/sessions/{session_id}", "Ends a session of an account.",
            access: .permission(.sessions, .delete),
            answers: .noContent,
            refusals: [.grantNotHeld]
        ) { call in
            let (id, sessionID) = (try call[.id], try call[.id("session_id")])
            let principal = try call.principal
            try await writes.perform(call) { transaction in
                try await sessions.revokeSession(sessionID, of: id, by: principal, address: call.address, in: transaction)
            }
            return .noContent
        }
    }

    var openSecondFactor: Endpoint {
        Endpoint(
            .post, "/v1/accounts/{id}/totp/opening", "Opens an account's second factor again that 100 wrong codes in a row have closed.",
            name: "reopenSecondFactor",
            access: .permission(.accounts, .modify),
            answers: .noContent,
            refusals: [.ownAccount, .grantNotHeld]
        ) { call in
            let id = try call[.id]
            let principal = try call.principal
            try await writes.perform(call) { transaction in
                try await secondFactors.open(of: id, by: principal, address: call.address, in: transaction)
            }
            return .noContent
        }
    }

    var removeSecondFactor: Endpoint {
        Endpoint(
            .delete, "/v1/accounts/{id}/totp", "Turns an account's second factor off, for somebody who has lost it; its sessions end.",
            name: "removeAccountSecondFactor",
            access: .permission(.accounts, .modify),
            answers: .noContent,
            refusals: [.ownAccount, .grantNotHeld]
        ) { call in
            let id = try call[.id]
            let principal = try call.principal
            try await writes.perform(call) { transaction in
                try await secondFactors.remove(of: id, by: principal, address: call.address, in: transaction)
            }
            return .noContent
        }
    }
}
