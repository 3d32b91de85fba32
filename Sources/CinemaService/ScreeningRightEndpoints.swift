import API
import Callers
import Database
import HTTP
import Shared

/// The merchant's own screening rights.
struct ScreeningRightEndpoints: Sendable {
    let rights: ScreeningRights
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, request, show] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/screening-rights", "Lists the merchant's screening rights, oldest first.",
            access: .permission(.screeningRights, .read),
            query: [ScreeningRightShape.state, ScreeningRightShape.movie],
            answers: .page(ScreeningRightShape.right)
        ) { call in
            .page(
                try await rights.rights(
                    merchantID: call.scope.merchantID,
                    state: call[ScreeningRightShape.state],
                    movieID: call[ScreeningRightShape.movie],
                    page: call.page,
                    in: pool
                )
            )
        }
    }

    private var request: Endpoint {
        Endpoint(
            .post, "/v1/screening-rights", "Asks for the right to show a movie.",
            name: "requestScreeningRight",
            access: .permission(.screeningRights, .write),
            body: ScreeningRightShape.new,
            idempotency: true,
            answers: .created(ScreeningRightShape.right, at: show.path, \.id),
            refusals: [.movieUnknown, .validPeriodInvalid, .rightRequested, .quotaReached]
        ) { call in
            guard let merchantID = try call.scope.merchantID else { throw Refusal.notFound }
            return try await writes.create(
                call, audit: call.audit(.screeningRightRequested) { AuditSubject("screening_right", $0.id) }
            ) { transaction in
                try await rights.request(call.body, merchantID: merchantID, in: transaction)
            }
        }
    }

    private var show: Endpoint {
        Endpoint(
            .get, "/v1/screening-rights/{id}", "Shows a screening right of the merchant.",
            access: .permission(.screeningRights, .read),
            answers: .ok(ScreeningRightShape.right)
        ) { call in
            .ok(try await rights.right(call[.id], merchantID: call.scope.merchantID, in: pool))
        }
    }
}

extension AuditAction {
    static let screeningRightRequested = AuditAction(rawValue: "screening_right.requested")
}
