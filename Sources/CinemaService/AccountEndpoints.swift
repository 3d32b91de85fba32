import API
import Callers
import HTTP
import Shared

/// Registering as a merchant.
struct AccountEndpoints: Sendable {
    let merchants: Merchants

    var all: [Endpoint] { [create] }

    struct Registration: Sendable {
        let username: String
        let password: String
        let phone: String
        let email: String?
        let merchantName: String
    }

    /// A merchant with its first account, signed in.
    struct Registered: Sendable {
        let merchant: Merchant
        let signedIn: SignedIn
    }

    static let registration = Body<Registration>(
        "NewMerchantAccount",
        .required("username", NewAccountFields.username, NewAccountFields.usernameMeaning, example: "wanda"),
        .required("password", NewAccountFields.password, NewAccountFields.staffPasswordMeaning, example: "correct horse battery"),
        .required("phone", NewAccountFields.phone, NewAccountFields.phoneMeaning, example: "13800138001"),
        .optional("email", NewAccountFields.email, NewAccountFields.emailMeaning, example: "owner@example.com"),
        .required("merchant_name", .name(1...100), "Name of the company.", example: "万达影城")
    ) { Registration(username: $0, password: $1, phone: $2, email: $3, merchantName: $4) }

    static let registered = Shape<Registered>(
        "RegisteredMerchant",
        .object("account", AccountShape.account, "The account that was made.") { $0.signedIn.account },
        .object("merchant", AccountShape.merchant, "The company; an administrator has yet to verify it.") { $0.merchant },
        .text(
            "token", "The token of this session, shown this once. Send it as `Authorization: Bearer`.",
            example: "cinema_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd3Doahl"
        ) { $0.signedIn.token.text },
        .timestamp("expires_at", "When the session ends by itself.") { $0.signedIn.expiresAt }
    )

    var create: Endpoint {
        Endpoint(
            .post, "/v1/accounts", "Registers a merchant with its first account, and signs that in.",
            name: "registerMerchant",
            access: .open,
            rateLimit: .signUp,
            body: Self.registration,
            answers: .created(Self.registered, at: "/v1/me"),
            refusals: [
                .usernameTaken, .phoneTaken, .emailTaken, .usernameInvalid, .phoneInvalid, .emailInvalid, .passwordTooShort,
                .passwordTooLong, .passwordCommon, .merchantNameInvalid, .busy,
            ]
        ) { call in
            let body = call.body
            let new = try NewAccount(username: body.username, password: body.password, phone: body.phone, email: body.email)
            let name = try MerchantName(body.merchantName)
            let registered = try await merchants.register(named: name, new, address: call.address, userAgent: call.userAgent)
            return .created(Registered(merchant: registered.merchant, signedIn: registered.signedIn))
        }
    }
}
