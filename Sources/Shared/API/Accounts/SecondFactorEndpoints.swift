import Callers
import Database
import HTTP
import Shared

/// The second factor of the caller's account: an authenticator application (RFC 6238), and recovery codes.
struct SecondFactorEndpoints: Sendable {
    let secondFactors: SecondFactors
    let ownSecondFactor: OwnSecondFactor
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [show, begin, confirm, end].map(\.admittingRestricted) }

    struct End: Sendable {
        let password: String
        let code: String
    }

    static let password = Body<String>(
        "NewSecondFactor",
        .required("password", NewAccountFields.password, "The account's password.", example: "correct horse battery")
    ) { $0 }

    static let code = Body<String>(
        "SecondFactorCode", .required("code", NewAccountFields.code, "A code of the application.", example: "287082")
    ) { $0 }

    static let end = Body<End>(
        "SecondFactorEnd",
        .required("password", NewAccountFields.password, "The account's password.", example: "correct horse battery"),
        .required("code", NewAccountFields.code, "A code of the application, or a recovery code.", example: "287082")
    ) { End(password: $0, code: $1) }

    static let state = Shape<SecondFactorState>(
        "SecondFactor",
        .bool("enabled", "Whether signing in needs a code of the application.") { $0.isOn },
        .bool("closed", "Whether 100 wrong codes in a row have closed it, until a recovery code or an administrator opens it.") {
            $0.isClosed
        },
        .int("recovery_codes_left", "How many recovery codes haven't been used.", example: "10") { $0.recoveryCodesLeft }
    )

    static let setup = Shape<SecondFactorSetup>(
        "SecondFactorSetup",
        .text(
            "secret", "What the application shares with the service, in base32; shown this once.",
            example: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        ) {
            $0.secret
        },
        .text("uri", "The same for a QR code.", example: "otpauth://totp/Piao%20client:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") {
            $0.uri
        }
    )

    static let recoveryCodes = Shape<[String]>(
        "RecoveryCodes",
        .texts("recovery_codes", "Each is good once in the place of the application's code; shown this once.") { $0 }
    )

    var show: Endpoint {
        Endpoint(
            .get, "/v1/me/totp", "Shows whether the caller's account has a second factor.",
            name: "showSecondFactor",
            access: .signedIn,
            answers: .ok(Self.state)
        ) { call in
            .ok(try await secondFactors.state(of: call.principal.accountID, in: pool))
        }
    }

    var begin: Endpoint {
        Endpoint(
            .post, "/v1/me/totp", "Makes a secret for an authenticator application; it counts once a code of it was shown.",
            name: "prepareSecondFactor",
            access: .signedIn,
            rateLimit: .signIn,
            body: Self.password,
            answers: .ok(Self.setup),
            refusals: [.passwordWrong, .secondFactorOn, .signInThrottled(seconds: 1), .busy, .secretsMissing]
        ) { call in
            .ok(
                try await ownSecondFactor.begin(of: call.principal, password: call.body, address: call.address) { begin in
                    try await writes.perform(call) { try await begin($0) }
                }
            )
        }
    }

    var confirm: Endpoint {
        Endpoint(
            .post, "/v1/me/totp/confirmation",
            "Turns the second factor on, shows the recovery codes, and ends the caller's other sessions.",
            name: "confirmSecondFactor",
            access: .signedIn,
            rateLimit: .signIn,
            body: Self.code,
            answers: .ok(Self.recoveryCodes),
            refusals: [.codeWrong, .secondFactorOn, .secondFactorOff, .secretsMissing]
        ) { call in
            let principal = try call.principal
            return .ok(
                try await writes.perform(call) { transaction in
                    try await ownSecondFactor.confirm(of: principal, code: call.body, address: call.address, in: transaction)
                }
            )
        }
    }

    var end: Endpoint {
        Endpoint(
            .delete, "/v1/me/totp", "Turns the second factor off, and ends the caller's other sessions.",
            name: "removeSecondFactor",
            access: .signedIn,
            rateLimit: .signIn,
            body: Self.end,
            answers: .noContent,
            refusals: [
                .passwordWrong, .codeWrong, .secondFactorOff, .longerPasswordNeeded, .signInThrottled(seconds: 1), .busy,
                .secretsMissing,
            ]
        ) { call in
            let body = call.body
            try await ownSecondFactor.end(of: call.principal, password: body.password, code: body.code, address: call.address) { end in
                try await writes.perform(call) { try await end($0) }
            }
            return .noContent
        }
    }
}
