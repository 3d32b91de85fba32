import API
import Database
import HTTP
import Shared

/// Who did what to whom, when, and from where.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/audit-events | audit_events: read |
struct AuditEndpoints: Sendable {
    let audit: AuditStore
    let pool: PostgresPool

    var all: [Endpoint] { [list] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/audit-events", "Searches the audit trail, newest first.",
            access: .permission(.auditEvents, .read),
            query: [AuditShapes.actor, AuditShapes.subject, AuditShapes.action, AuditShapes.from, AuditShapes.to],
            answers: .page(AuditShapes.event)
        ) { call in
            let filter = AuditFilter(
                actorAccountID: try call[AuditShapes.actor], subject: try call[AuditShapes.subject], action: try call[AuditShapes.action],
                from: try call[AuditShapes.from], to: try call[AuditShapes.to]
            )
            return .page(try await audit.events(filter, page: call.pageRequest, in: pool))
        }
    }
}
