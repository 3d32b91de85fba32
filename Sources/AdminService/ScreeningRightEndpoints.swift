import API
import Callers
import Database
import HTTP
import Shared

/// The screening rights of all merchants, and decisions about them.
struct ScreeningRightEndpoints: Sendable {
    let rights: ScreeningRights
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, show, decide] }

    private static let merchant = QueryParameter("merchant_id", .id, "Only rights of this merchant.", example: "7")

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/screening-rights", "Lists screening rights, oldest first.",
            access: .permission(.screeningRights, .read),
            query: [ScreeningRightShape.state, ScreeningRightShape.movie, Self.merchant],
            answers: .page(ScreeningRightShape.right)
        ) { call in
            .page(
                try await rights.rights(
                    merchantID: call[Self.merchant],
                    state: call[ScreeningRightShape.state],
                    movieID: call[ScreeningRightShape.movie],
                    page: call.page,
                    in: pool
                )
            )
        }
    }

    private var show: Endpoint {
        Endpoint(
            .get, "/v1/screening-rights/{id}", "Shows a screening right.",
            access: .permission(.screeningRights, .read),
            answers: .ok(ScreeningRightShape.right)
        ) { call in
            .ok(try await rights.right(call[.id], merchantID: nil, in: pool))
        }
    }

    private var decide: Endpoint {
        Endpoint(
            .post, "/v1/screening-rights/{id}/decision", "Grants or refuses a requested right, or revokes a granted one.",
            name: "decideScreeningRight",
            access: .permission(.screeningRights, .modify),
            body: ScreeningRightShape.decision,
            answers: .ok(ScreeningRightShape.right),
            refusals: [.alreadyDecided, .rightNotGranted, .validPeriodInvalid]
        ) { call in
            let id = try call[.id]
            let accountID = try call.principal.accountID
            let right = try await writes.perform(
                call,
                audit: { right in
                    AuditEntry(
                        actorAccountID: accountID,
                        action: AuditAction(rawValue: "screening_right.\(right.state.rawValue)"),
                        subject: AuditSubject("screening_right", right.id),
                        address: call.address,
                        details: ["valid_from": "\(right.validFrom)", "valid_to": "\(right.validTo)"]
                    )
                },
                { transaction in try await rights.decide(id, call.body, by: accountID, in: transaction) }
            )
            return .ok(right)
        }
    }
}
