package import Callers
package import HTTP
package import Shared

/// Signing in and out, which is the same in all three services.
package struct SessionEndpoints: Sendable {
    private let signIn: SignIn
    private let sessions: Sessions
    private let writes: Writes
    private let realm: Realm

    package init(signIn: SignIn, sessions: Sessions, writes: Writes, realm: Realm) {
        self.signIn = signIn
        self.sessions = sessions
        self.writes = writes
        self.realm = realm
    }

    package var all: [Endpoint] { [create, createByCode, delete.admittingRestricted] }

    /// The path of the session whose token the caller sends.
    static let current: PathTemplate = "/v1/sessions/current"

    struct Credentials: Sendable {
        let login: String
        let password: String
        let newPassword: String?
        let totp: String?
        let device: String?
    }

    struct CodeCredentials: Sendable {
        let phone: String?
        let email: String?
        let code: CodeAttempt
        let totp: String?
    }

    static let credentials = Body<Credentials>(
        "Credentials",
        .required("login", .typed(1...254), "Username, phone number or e-mail address.", example: "anna"),
        .required("password", .password(1...512), "The password.", example: "correct horse battery"),
        .optional(
            "new_password", NewAccountFields.password,
            "A password to set in its place, which ends all other sessions; asked for where somebody else set it or it is too short to stand alone.",
            example: "staple correct horse"
        ),
        .optional("totp", .typed(6...32), Self.totpMeaning, example: "287082"),
        .optional(
            "device", .password(1...64),
            "The token of an earlier session of the account on this device, ended or not: then it needn't wait when strangers guess at the password.",
            example: "client_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3eZ2ui"
        )
    ) { Credentials(login: $0, password: $1, newPassword: $2, totp: $3, device: $4) }

    static let totpMeaning = "The authenticator application's code, or a recovery code, where the account has a second factor."

    static let codeCredentials = Body<CodeCredentials>(
        "CodeCredentials",
        .optional("phone", NewAccountFields.phone, "The phone number that the code was sent to.", example: "13800138000"),
        .optional(
            "email", NewAccountFields.email, "The e-mail address that the code was sent to, instead.", example: "anna@example.com",
            isInExample: false),
        .required("request_id", NewAccountFields.requestID, NewAccountFields.requestIDMeaning, example: NewAccountFields.requestIDExample),
        .required("code", NewAccountFields.code, "The code.", example: "012345"),
        .optional("totp", .typed(6...32), Self.totpMeaning, example: "287082")
    ) { CodeCredentials(phone: $0, email: $1, code: CodeAttempt(requestID: $2, code: $3), totp: $4) }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/sessions", "Signs in with username, phone number or e-mail address, and password.",
            name: "signIn",
            access: .open,
            rateLimit: .signIn,
            body: Self.credentials,
            answers: .created(AccountShape.signedIn, at: Self.current),
            refusals: [
                .credentialsWrong, .totpRequired, .totpWrong, .secondFactorClosed, .newPasswordRequired, .accountDisabled,
                Refusal.passwordTooShort.atNewPassword, Refusal.passwordTooLong.atNewPassword, Refusal.passwordCommon.atNewPassword,
                .passwordUnchanged, .signInThrottled(seconds: 1), .busy,
            ]
        ) { call in
            let signedIn = try await signIn.signIn(
                login: call.body.login, password: call.body.password, newPassword: call.body.newPassword, totp: call.body.totp,
                device: call.body.device, realm: realm, address: call.address, userAgent: call.userAgent
            )
            return .created(signedIn)
        }
    }

    var createByCode: Endpoint {
        Endpoint(
            .post, "/v1/sessions/by-code",
            realm.asksForMoreThanCode
                ? "Signs in with a code that was sent to the account's verified phone or mailbox, and its second factor; without one not at all."
                : "Signs in with a code that was sent to the account's verified phone or mailbox.",
            name: "signInByCode",
            access: .open,
            rateLimit: .signIn,
            body: Self.codeCredentials,
            answers: .created(AccountShape.signedIn, at: Self.current),
            refusals: [
                .signInCodeWrong, .totpRequired, .totpWrong, .secondFactorClosed, .accountDisabled, .destinationAmbiguous, .phoneInvalid,
                .emailInvalid, .signInThrottled(seconds: 1), .secretsMissing,
            ]
        ) { call in
            let body = call.body
            let signedIn = try await signIn.signIn(
                destination: try CodeDestination(phone: body.phone, email: body.email), code: body.code, totp: body.totp, realm: realm,
                address: call.address, userAgent: call.userAgent
            )
            return .created(signedIn)
        }
    }

    var delete: Endpoint {
        Endpoint(
            .delete, Self.current, "Signs out: the token that is sent with this call is worth nothing afterwards.",
            name: "signOut",
            access: .signedIn,
            answers: .noContent
        ) { call in
            let principal = try call.principal
            try await writes.perform(call) { transaction in
                try await sessions.signOut(principal, address: call.address, in: transaction)
            }
            return .noContent
        }
    }
}
