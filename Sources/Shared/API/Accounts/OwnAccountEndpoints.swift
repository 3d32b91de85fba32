import Callers
import HTTP
import Shared

/// Changes of people's own accounts. They need no permission, so that a blacklisted account can still correct its data.
struct OwnAccountEndpoints: Sendable {
    let account: OwnAccount
    let password: OwnPassword
    let writes: Writes

    var all: [Endpoint] { [change.admittingRestricted, changePassword] }

    struct Change: Sendable {
        let username: String?
        let phone: String??
        let email: String??
        let password: String?
        let code: CodeAttempt?
    }

    struct PasswordChange: Sendable {
        let password: String?
        let newPassword: String
    }

    static let change = Body<Change>(
        "OwnAccountChange",
        .optional("username", NewAccountFields.username, NewAccountFields.usernameMeaning, example: "anna"),
        .clearable("phone", NewAccountFields.phone, NewAccountFields.phoneMeaning + " Null takes it away.", example: "13800138000"),
        .clearable(
            "email", NewAccountFields.email, NewAccountFields.emailMeaning + " Null takes it away.", example: "anna@example.com",
            isInExample: false),
        .optional(
            "password", NewAccountFields.password,
            "The account's password: needed to change the username, and to change or verify phone number or e-mail address.",
            example: "correct horse battery"
        ),
        .optional(
            "code", NewAccountFields.code,
            "The code that was sent there (POST /v1/me/one-time-codes): needed for a new one, and to verify the one that is there.",
            example: "012345"
        ),
        .optional(
            "request_id", NewAccountFields.requestID, NewAccountFields.requestIDMeaning, example: NewAccountFields.requestIDExample
        )
    ) { username, phone, email, password, code, requestID in
        if code != nil, requestID == nil {
            throw FieldIssue("/request_id", "missing")
        }
        let attempt = code.flatMap { code in requestID.map { CodeAttempt(requestID: $0, code: code) } }
        return Change(username: username, phone: phone, email: email, password: password, code: attempt)
    }

    static let passwordChange = Body<PasswordChange>(
        "PasswordChange",
        .optional(
            "password", NewAccountFields.password,
            "The password until now; left out by somebody who signs in by an identity provider only and has none.",
            example: "correct horse battery"
        ),
        .required("new_password", NewAccountFields.password, NewAccountFields.passwordMeaning, example: "staple correct horse")
    ) { PasswordChange(password: $0, newPassword: $1) }

    var change: Endpoint {
        Endpoint(
            .patch, "/v1/me",
            "Changes the caller's username, phone number or e-mail address, or verifies one of these that is there, by a code.",
            access: .signedIn,
            body: Self.change,
            answers: .ok(AccountShape.account),
            refusals: [
                .usernameTaken, .phoneTaken, .emailTaken, .usernameInvalid, .phoneInvalid, .emailInvalid, .passwordMissing, .passwordWrong,
                .confirmationNeeded, .codeMissing, .codeWrong, .oneChangeAtATime, .contactsChanged, .signInThrottled(seconds: 1),
                .busy, .secretsMissing,
            ]
        ) { call in
            let body = call.body
            let change = try ProfileChange(username: body.username, phone: body.phone, email: body.email)
            let principal = try call.principal
            let proof = ChangeProof(password: body.password, code: body.code)
            let changed = try await account.change(change, by: proof, of: principal, address: call.address) { change in
                try await writes.perform(call) { try await change($0) }
            }
            return .ok(changed, etag: .version(changed.version))
        }
    }

    var changePassword: Endpoint {
        Endpoint(
            .post, "/v1/me/password",
            "Changes the caller's password, or sets its first one in a session younger than five minutes; ends all its other sessions.",
            name: "changePassword",
            access: .signedIn,
            rateLimit: .signIn,
            body: Self.passwordChange,
            answers: .noContent,
            refusals: [
                .passwordMissing, .passwordWrong, .confirmationNeeded, .passwordSetByCode, Refusal.passwordTooShort.atNewPassword,
                Refusal.passwordTooLong.atNewPassword, Refusal.passwordCommon.atNewPassword, .signInThrottled(seconds: 1), .busy,
            ]
        ) { call in
            let body = call.body
            try await password.change(to: body.newPassword, old: body.password, of: call.principal, address: call.address) { change in
                try await writes.perform(call) { try await change($0) }
            }
            return .noContent
        }
    }
}
