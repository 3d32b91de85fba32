import API
import Callers
import Database
import HTTP
import Shared

/// The companies that own cinemas.
struct MerchantEndpoints: Sendable {
    let merchants: Merchants
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, show, verify] }

    static let verified = QueryParameter("verified", .bool, "Only merchants that are verified, or that are not.", example: "false")

    static let verification = Body<Bool>(
        "Verification",
        .required("verified", .bool, "Whether the merchant may sell.", example: "true")
    ) { $0 }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/merchants", "Lists merchants by number.",
            access: .permission(.merchants, .read),
            query: [Self.verified],
            answers: .page(AccountShape.merchant)
        ) { call in
            .page(try await merchants.merchants(verified: call[Self.verified], page: call.page, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/merchants/{id}", "Shows a merchant.",
            access: .permission(.merchants, .read),
            answers: .ok(AccountShape.merchant)
        ) { call in
            .ok(try await merchants.merchant(call[.id], in: pool))
        }
    }

    var verify: Endpoint {
        Endpoint(
            .post, "/v1/merchants/{id}/verification", "Verifies a merchant, so that it can sell, or takes that back.",
            name: "verifyMerchant",
            access: .permission(.merchants, .modify),
            body: Self.verification,
            answers: .ok(AccountShape.merchant)
        ) { call in
            let id = try call[.id]
            let principal = try call.principal
            return .ok(
                try await writes.perform(call) { transaction in
                    try await merchants.verify(
                        id, verified: call.body, by: principal, address: call.address, in: transaction
                    )
                }
            )
        }
    }
}
