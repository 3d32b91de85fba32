import API
import Callers
import Database
import HTTP
import Shared

/// Comparing our books with the gateways' bills.
struct ReconciliationEndpoints: Sendable {
    let reconciliations: Reconciliations
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, request, show, differences, resolve] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/reconciliations", "Lists comparisons with the gateways' bills, newest first.",
            access: .permission(.reconciliations, .read),
            query: [ReconciliationShape.gateway, ReconciliationShape.state],
            answers: .page(ReconciliationShape.reconciliation)
        ) { call in
            .page(
                try await reconciliations.reconciliations(
                    gateway: call[ReconciliationShape.gateway], state: call[ReconciliationShape.state], page: call.page, in: pool
                )
            )
        }
    }

    var request: Endpoint {
        Endpoint(
            .post, "/v1/reconciliations", "Has a day compared with a gateway's bill, once more if it was compared before.",
            name: "startReconciliation",
            access: .permission(.reconciliations, .write),
            body: ReconciliationShape.wanted(of: reconciliations.gatewayNames),
            idempotency: true,
            answers: .accepted(ReconciliationShape.reconciliation),
            refusals: [.gatewayUnknown, .dayInFuture]
        ) { call in
            try await writes.accept(
                call, audit: call.audit(.reconciliationRequested) { AuditSubject("reconciliation", $0.id) }
            ) { transaction in
                try await reconciliations.request(gateway: call.body.gateway, day: call.body.day, in: transaction)
            }
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/reconciliations/{id}", "Shows a comparison.",
            access: .permission(.reconciliations, .read),
            answers: .ok(ReconciliationShape.reconciliation)
        ) { call in
            .ok(try await reconciliations.reconciliation(call[.id], in: pool))
        }
    }

    var differences: Endpoint {
        Endpoint(
            .get, "/v1/reconciliations/{id}/differences", "Lists what a comparison found.",
            access: .permission(.reconciliations, .read),
            query: [ReconciliationShape.kind, ReconciliationShape.resolved],
            answers: .page(ReconciliationShape.difference)
        ) { call in
            .page(
                try await reconciliations.differences(
                    of: call[.id], kind: call[ReconciliationShape.kind], isResolved: call[ReconciliationShape.resolved],
                    page: call.page, in: pool
                )
            )
        }
    }

    var resolve: Endpoint {
        Endpoint(
            .post, "/v1/reconciliations/{id}/differences/{difference_id}/resolution", "Notes what a difference was.",
            name: "resolveDifference",
            access: .permission(.reconciliations, .modify),
            body: ReconciliationShape.resolution,
            answers: .ok(ReconciliationShape.difference),
            refusals: [.alreadyResolved]
        ) { call in
            let (id, differenceID) = (try call[.id], try call[.id("difference_id")])
            let subject = AuditSubject("reconciliation_difference", differenceID)
            return .ok(
                try await writes.perform(call, audit: call.audit(.differenceResolved, subject)) { transaction in
                    try await reconciliations.resolve(
                        differenceID, of: id, note: call.body, by: call.principal.accountID, in: transaction)
                }
            )
        }
    }
}

extension AuditAction {
    static let reconciliationRequested = AuditAction(rawValue: "reconciliation.requested")
    static let differenceResolved = AuditAction(rawValue: "reconciliation_difference.resolved")
}
