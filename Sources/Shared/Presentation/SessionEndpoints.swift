package import HTTP
package import Shared

/// Signing in and out, which is alike in all three services.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | POST | /v1/sessions | nothing |
/// | DELETE | /v1/sessions/current | a session |
package struct SessionEndpoints: Sendable {
    private let identity: Identity
    private let writes: Writes
    private let realm: Realm

    package init(identity: Identity, writes: Writes, realm: Realm) {
        self.identity = identity
        self.writes = writes
        self.realm = realm
    }

    package var all: [Endpoint] { [create, delete] }

    struct Credentials: Sendable {
        let login: String
        let password: String
    }

    static let credentials = Body<Credentials>(
        "Credentials",
        .required("login", .text(1...254), "Username, phone number or e-mail address.", example: "anna"),
        .required("password", .password(1...512), "The password.", example: "correct horse battery")
    ) { login, password in Credentials(login: login, password: password) }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/sessions", "Signs in with username, phone number or e-mail address, and password.",
            access: .open,
            rateLimit: .signIn,
            body: Self.credentials,
            answers: .created(AccountShape.signedIn),
            problems: [
                Problem(.credentialsWrong), Problem(.accountDisabled), Problem(.signInThrottled(seconds: 1)), Problem(.tooManySignIns),
            ]
        ) { call in
            let signedIn = try await identity.signIn(
                login: call.body.login, password: call.body.password, realm: realm, address: call.address
            )
            return .created(signedIn, at: "/v1/sessions/current")
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, "/v1/sessions/current", "Signs out: the token that is sent with this call is worth nothing afterwards.",
            access: .signedIn,
            answers: .noContent
        ) { call in
            let principal = try Principal(call.caller)
            try await writes.perform(call) { transaction in
                try await identity.signOut(principal, address: call.address, in: transaction)
            }
            identity.forget(accountID: principal.accountID)
            return .noContent
        }
    }
}
