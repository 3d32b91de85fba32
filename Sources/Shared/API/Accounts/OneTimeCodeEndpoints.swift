import Callers
import HTTP
import Shared

/// One-time codes, and setting a new password with one.
struct OneTimeCodeEndpoints: Sendable {
    let codes: OneTimeCodes
    let passwordReset: PasswordReset
    let writes: Writes
    let realm: Realm

    var all: [Endpoint] { [create, createForChange, resetPassword] }

    /// The purposes for which somebody who hasn't signed in may request a code.
    enum OpenPurpose: String, CaseIterable, Sendable {
        case signIn = "sign_in"
        case resetPassword = "reset_password"

        var purpose: CodePurpose {
            switch self {
            case .signIn: .signIn
            case .resetPassword: .resetPassword
            }
        }
    }

    struct Request: Sendable {
        let purpose: OpenPurpose
        let phone: String?
        let email: String?
    }

    struct Destination: Sendable {
        let phone: String?
        let email: String?
    }

    struct Reset: Sendable {
        let phone: String?
        let email: String?
        let code: CodeAttempt
        let newPassword: String
    }

    static let request = Body<Request>(
        "NewOneTimeCode",
        .required("purpose", .enumeration(OpenPurpose.self), "What the code is for.", example: "sign_in"),
        .optional("phone", NewAccountFields.phone, "The account's phone number.", example: "13800138000"),
        .optional(
            "email", NewAccountFields.email, "The account's e-mail address, instead of a phone number.", example: "anna@example.com",
            isInExample: false)
    ) { Request(purpose: $0, phone: $1, email: $2) }

    static let destination = Body<Destination>(
        "NewChangeCode",
        .optional(
            "phone", NewAccountFields.phone, "The phone number that the account shall have, or has and shall prove.", example: "13800138000"
        ),
        .optional(
            "email", NewAccountFields.email, "The same of an e-mail address, instead.", example: "anna@example.com", isInExample: false)
    ) { Destination(phone: $0, email: $1) }

    static let reset = Body<Reset>(
        "PasswordReset",
        .optional("phone", NewAccountFields.phone, "The phone number that the code was sent to.", example: "13800138000"),
        .optional(
            "email", NewAccountFields.email, "The e-mail address that the code was sent to, instead.", example: "anna@example.com",
            isInExample: false),
        .required("request_id", NewAccountFields.requestID, NewAccountFields.requestIDMeaning, example: NewAccountFields.requestIDExample),
        .required("code", NewAccountFields.code, "The code.", example: "012345"),
        .required("new_password", NewAccountFields.password, NewAccountFields.passwordMeaning, example: "correct horse battery")
    ) { Reset(phone: $0, email: $1, code: CodeAttempt(requestID: $2, code: $3), newPassword: $4) }

    static let announcement = Shape<CodeAnnouncement>(
        "OneTimeCode",
        .text(
            "request_id", "To be sent back with the code, which counts only together with it.", example: NewAccountFields.requestIDExample
        ) { $0.requestID.text },
        .int("expires_in", "For how many seconds the code is good, if one was sent.", example: "300") { $0.lifetime.components.seconds },
        .int("resend_after", "After how many seconds another one may be asked for.", example: "60") { $0.pause.components.seconds }
    )

    private static let refusals: [Refusal] = [
        .destinationAmbiguous, .phoneInvalid, .emailInvalid, .codeTooSoon(seconds: 60), .codeLimitReached(seconds: 3600), .messagesOff,
        .secretsMissing,
    ]

    var create: Endpoint {
        Endpoint(
            .post, "/v1/one-time-codes",
            "Sends a code to the account that has verified this phone number or e-mail address. The answer is the same when there is none.",
            name: "sendOneTimeCode",
            access: .open,
            rateLimit: .oneTimeCode,
            body: Self.request,
            answers: .accepted(Self.announcement),
            refusals: Self.refusals
        ) { call in
            let body = call.body
            return .accepted(
                try await codes.send(
                    body.purpose.purpose, to: try CodeDestination(phone: body.phone, email: body.email), realm: realm,
                    address: call.address
                )
            )
        }
    }

    var createForChange: Endpoint {
        Endpoint(
            .post, "/v1/me/one-time-codes",
            "Sends a code to the phone number or e-mail address that the caller's account shall have, or has and shall verify.",
            name: "sendOwnOneTimeCode",
            access: .signedIn,
            rateLimit: .oneTimeCode,
            body: Self.destination,
            answers: .accepted(Self.announcement),
            refusals: Self.refusals
        ) { call in
            let destination = try CodeDestination(phone: call.body.phone, email: call.body.email)
            let principal = try call.principal
            return .accepted(
                try await writes.perform(call) { transaction in
                    try await codes.sendForChange(to: destination, of: principal, address: call.address, in: transaction)
                }
            )
        }
    }

    var resetPassword: Endpoint {
        Endpoint(
            .post, "/v1/password-resets",
            "Sets a new password by a code that was sent to the account's verified contact, and ends all its sessions.",
            name: "resetPassword",
            access: .open,
            rateLimit: .signIn,
            body: Self.reset,
            answers: .noContent,
            refusals: [
                .codeWrong, .destinationAmbiguous, .phoneInvalid, .emailInvalid, Refusal.passwordTooShort.atNewPassword,
                Refusal.passwordTooLong.atNewPassword, Refusal.passwordCommon.atNewPassword, .signInThrottled(seconds: 1), .busy,
                .secretsMissing,
            ]
        ) { call in
            let body = call.body
            try await passwordReset.reset(
                at: try CodeDestination(phone: body.phone, email: body.email), code: body.code, to: body.newPassword, realm: realm,
                address: call.address
            )
            return .noContent
        }
    }
}
