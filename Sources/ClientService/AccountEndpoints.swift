import API
import Callers
import HTTP
import Shared

/// Signing up as a moviegoer.
struct AccountEndpoints: Sendable {
    let signUp: SignUp

    var all: [Endpoint] { [create] }

    struct New: Sendable {
        let username: String
        let password: String
        let phone: String?
        let email: String?
    }

    static let new = Body<New>(
        "NewAccount",
        .required("username", NewAccountFields.username, NewAccountFields.usernameMeaning, example: "anna"),
        .required("password", NewAccountFields.password, NewAccountFields.passwordMeaning, example: "correct horse battery"),
        .nullable("phone", NewAccountFields.phone, NewAccountFields.phoneMeaning, example: "13800138000"),
        .nullable("email", NewAccountFields.email, NewAccountFields.emailMeaning, example: "anna@example.com")
    ) { New(username: $0, password: $1, phone: $2, email: $3) }

    var create: Endpoint {
        Endpoint(
            .post, "/v1/accounts", "Signs a moviegoer up, and in.",
            name: "signUp",
            access: .open,
            rateLimit: .signUp,
            body: Self.new,
            answers: .created(AccountShape.signedIn, at: "/v1/me"),
            refusals: [
                .usernameTaken, .phoneTaken, .emailTaken, .usernameInvalid, .phoneInvalid, .emailInvalid, .passwordTooShort,
                .passwordTooLong, .passwordCommon, .busy,
            ]
        ) { call in
            let body = call.body
            let new = try NewAccount(username: body.username, password: body.password, phone: body.phone, email: body.email)
            return .created(try await signUp.signUp(new, address: call.address, userAgent: call.userAgent))
        }
    }
}
