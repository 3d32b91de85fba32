import API
import Callers
import Database
import HTTP
import Shared

/// The caller's own account and its merchant.
struct MerchantProfileEndpoints: Sendable {
    let ownAccount: OwnAccount
    let merchants: Merchants
    let pool: PostgresPool

    var all: [Endpoint] { [show.admittingRestricted] }

    struct Profile: Sendable {
        let account: Account
        let merchant: Merchant
    }

    static let profile = Shape<Profile>(
        "MerchantProfile",
        .object("account", AccountShape.account, "The caller's account.") { $0.account },
        .object("merchant", AccountShape.merchant, "The company that it acts for.") { $0.merchant }
    )

    var show: Endpoint {
        Endpoint(
            .get, "/v1/me", "Shows the caller's own account and its merchant, verified or not.",
            access: .signedIn,
            answers: .ok(Self.profile)
        ) { call in
            let account = try await ownAccount.account(call.principal.accountID)
            guard let merchantID = account.merchantID else { throw Refusal.notFound }
            return .ok(Profile(account: account, merchant: try await merchants.merchant(merchantID, in: pool)))
        }
    }
}
