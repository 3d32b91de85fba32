import API
import Callers
import Database
import HTTP
import Shared

/// Who did what to whom, when, and from where.
struct AuditEndpoints: Sendable {
    let audit: AuditTrail
    let pool: PostgresPool

    var all: [Endpoint] { [list] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/audit-events", "Searches the audit trail, newest first.",
            access: .permission(.auditEvents, .read),
            query: [AuditShape.actor, AuditShape.subject, AuditShape.action, AuditShape.from, AuditShape.to],
            answers: .page(AuditShape.event)
        ) { call in
            let filter = AuditFilter(
                actorAccountID: try call[AuditShape.actor], subject: try call[AuditShape.subject], action: try call[AuditShape.action],
                from: try call[AuditShape.from], to: try call[AuditShape.to]
            )
            return .page(try await audit.events(filter, page: call.page, in: pool))
        }
    }
}
