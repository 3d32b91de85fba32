import API
import HTTP
import Shared

/// The caller's own account and its merchant.
struct MerchantProfileEndpoints: Sendable {
    let merchants: Merchants

    var all: [Endpoint] { [show.admittingRestricted] }

    static let profile = Shape<MerchantProfile>(
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
            .ok(try await merchants.profile(of: call.principal))
        }
    }
}
