import Database
import HTTP
import Presentation
import Shared

/// A moviegoer's own account. Needs no permission: a blacklisted one still sees and corrects its data.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/me | a session |
/// | PATCH | /v1/me | a session |
struct MeEndpoints: Sendable {
    let identity: Identity
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [show, change] }

    struct Change: Sendable {
        let username: String?
        let phone: String?
        let email: String?
    }

    static let change = Body<Change>(
        "AccountChange",
        .optional("username", NewAccountFields.username, NewAccountFields.usernameMeaning, example: "anna"),
        .optional("phone", NewAccountFields.phone, NewAccountFields.phoneMeaning, example: "13800138000"),
        .optional("email", NewAccountFields.email, NewAccountFields.emailMeaning, example: "anna@example.com")
    ) { Change(username: $0, phone: $1, email: $2) }

    var show: Endpoint {
        Endpoint(.get, "/v1/me", "Shows the caller's own account.", access: .signedIn, answers: .ok(AccountShape.account)) { call in
            let account = try await identity.account(call.caller.accountID, in: pool)
            return .ok(account, etag: .version(account.version))
        }
    }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/me", "Changes the caller's username, phone number or e-mail address.",
            access: .signedIn,
            body: Self.change,
            answers: .ok(AccountShape.account),
            problems: [
                Problem(.usernameTaken), Problem(.phoneTaken), Problem(.emailTaken),
                Problem(.usernameInvalid), Problem(.phoneInvalid), Problem(.emailInvalid),
            ]
        ) { call in
            let body = call.body
            let change = try ProfileChange(username: body.username, phone: body.phone, email: body.email)
            let principal = try Principal(call.caller)
            let account = try await writes.perform(call) { transaction in
                try await identity.changeProfile(of: principal, change, address: call.address, in: transaction)
            }
            return .ok(account, etag: .version(account.version))
        }
    }
}
