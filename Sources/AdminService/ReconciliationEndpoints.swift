import API
import Database
import HTTP
import Shared

/// Comparing our books with the gateways' bills.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/reconciliations | reconciliations: read |
/// | POST | /v1/reconciliations | reconciliations: write |
/// | GET | /v1/reconciliations/{id} | reconciliations: read |
/// | GET | /v1/reconciliations/{id}/differences | reconciliations: read |
/// | POST | /v1/reconciliations/{id}/differences/{difference_id}/resolution | reconciliations: modify |
struct ReconciliationEndpoints: Sendable {
    let reconciliations: Reconciliations
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, request, show, differences, resolve] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/reconciliations", "Lists comparisons with the gateways' bills, newest first.",
            access: .permission(.reconciliations, .read),
            query: [ReconciliationShapes.gateway, ReconciliationShapes.state],
            answers: .page(ReconciliationShapes.reconciliation)
        ) { call in
            .page(
                try await reconciliations.reconciliations(
                    gateway: call[ReconciliationShapes.gateway], state: call[ReconciliationShapes.state], page: call.pageRequest, in: pool
                )
            )
        }
    }

    var request: Endpoint {
        Endpoint(
            .post, "/v1/reconciliations", "Has a day compared with a gateway's bill, once more if it was compared before.",
            access: .permission(.reconciliations, .write),
            body: ReconciliationShapes.wanted(of: reconciliations.gatewayNames),
            idempotency: true,
            answers: .accepted(ReconciliationShapes.reconciliation),
            problems: [Problem(.gatewayUnknown), Problem(.dayInFuture)]
        ) { call in
            try await writes.accept(
                call,
                audit: try call.audit(.reconciliationRequested) { (reconciliation: Reconciliation) in "reconciliation:\(reconciliation.id)"
                }
            ) { transaction in
                try await reconciliations.request(gateway: call.body.gateway, day: call.body.day, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/reconciliations/{id}", "Shows a comparison.",
            access: .permission(.reconciliations, .read),
            answers: .ok(ReconciliationShapes.reconciliation)
        ) { call in
            .ok(try await reconciliations.reconciliation(call.id("id"), in: pool))
        }
    }

    var differences: Endpoint {
        Endpoint(
            .get, "/v1/reconciliations/{id}/differences", "Lists what a comparison found.",
            access: .permission(.reconciliations, .read),
            query: [ReconciliationShapes.kind, ReconciliationShapes.resolved],
            answers: .page(ReconciliationShapes.difference)
        ) { call in
            .page(
                try await reconciliations.differences(
                    of: call.id("id"), kind: call[ReconciliationShapes.kind], isResolved: call[ReconciliationShapes.resolved],
                    page: call.pageRequest, in: pool
                )
            )
        }
    }

    var resolve: Endpoint {
        Endpoint(
            .post, "/v1/reconciliations/{id}/differences/{difference_id}/resolution", "Notes what a difference was.",
            access: .permission(.reconciliations, .modify),
            body: ReconciliationShapes.resolution,
            answers: .ok(ReconciliationShapes.difference),
            problems: [Problem(.alreadyResolved)]
        ) { call in
            let (id, differenceID) = (try call.id("id"), try call.id("difference_id"))
            let accountID = try call.caller.accountID
            let audit = try call.audit(.differenceResolved) { (difference: ReconciliationDifference) in
                "reconciliation_difference:\(difference.id)"
            }
            let difference = try await writes.perform(call, audit: audit) { transaction in
                try await reconciliations.resolve(differenceID, of: id, note: call.body, by: accountID, in: transaction)
            }
            return .ok(difference)
        }
    }
}

extension AuditAction {
    static let reconciliationRequested = AuditAction(rawValue: "reconciliation.requested")
    static let differenceResolved = AuditAction(rawValue: "reconciliation_difference.resolved")
}
