import API
import Database
import HTTP
import Shared

/// The merchant's own screening rights.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/screening-rights | screening_rights: read |
/// | POST | /v1/screening-rights | screening_rights: write |
/// | GET | /v1/screening-rights/{id} | screening_rights: read |
struct ScreeningRightEndpoints: Sendable {
    let rights: ScreeningRights
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, request, show] }

    private let scope = ScreeningsScope.ownMerchant

    init(rights: ScreeningRights, pool: PostgresPool, writes: Writes) {
        self.rights = rights
        self.pool = pool
        self.writes = writes
    }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/screening-rights", "Lists the merchant's screening rights, oldest first.",
            access: .permission(.screeningRights, .read),
            query: [ScreeningRightShapes.state, ScreeningRightShapes.movie],
            answers: .page(ScreeningRightShapes.right)
        ) { call in
            .page(
                try await rights.rights(
                    merchantID: scope.merchantID(of: call.caller),
                    state: call[ScreeningRightShapes.state],
                    movieID: call[ScreeningRightShapes.movie],
                    page: call.pageRequest,
                    in: pool
                )
            )
        }
    }

    private var request: Endpoint {
        Endpoint(
            .post, "/v1/screening-rights", "Asks for the right to show a movie.",
            access: .permission(.screeningRights, .write),
            body: ScreeningRightShapes.new,
            idempotency: true,
            answers: .created(ScreeningRightShapes.right),
            problems: [
                Problem(Refusal.movieUnknown), Problem(Refusal.validPeriodInvalid), Problem(Refusal.rightRequested),
                Problem(Refusal.quotaReached),
            ]
        ) { call in
            guard let merchantID = try scope.merchantID(of: call.caller) else { throw Refusal.notFound }
            return try await writes.create(call, at: { "/v1/screening-rights/\($0.id)" }) { transaction in
                try await rights.request(call.body, merchantID: merchantID, in: transaction)
            }
        }
    }

    private var show: Endpoint {
        Endpoint(
            .get, "/v1/screening-rights/{id}", "Shows a screening right of the merchant.",
            access: .permission(.screeningRights, .read),
            answers: .ok(ScreeningRightShapes.right)
        ) { call in
            .ok(try await rights.right(call.id("id"), merchantID: scope.merchantID(of: call.caller), in: pool))
        }
    }
}
