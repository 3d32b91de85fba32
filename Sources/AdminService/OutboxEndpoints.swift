import API
import Database
import HTTP
import Shared

/// What is to be told to the outside, and what could not be told.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | GET | /v1/outbox-messages | outbox_messages: read |
/// | GET | /v1/outbox-messages/{id} | outbox_messages: read |
/// | POST | /v1/outbox-messages/{id}/retries | outbox_messages: modify |
struct OutboxEndpoints: Sendable {
    let outbox: Outbox
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, show, retry] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/outbox-messages", "Lists messages to the outside, newest first.",
            access: .permission(.outboxMessages, .read),
            query: [OutboxShapes.state, OutboxShapes.kind],
            answers: .page(OutboxShapes.message)
        ) { call in
            .page(
                try await outbox.entries(state: call[OutboxShapes.state], kind: call[OutboxShapes.kind], page: call.pageRequest, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/outbox-messages/{id}", "Shows a message to the outside.",
            access: .permission(.outboxMessages, .read),
            answers: .ok(OutboxShapes.message)
        ) { call in
            .ok(try await outbox.entry(call.id("id"), in: pool))
        }
    }

    var retry: Endpoint {
        Endpoint(
            .post, "/v1/outbox-messages/{id}/retries", "Has a message that was given up delivered after all.",
            access: .permission(.outboxMessages, .modify),
            idempotency: true,
            answers: .accepted(OutboxShapes.message),
            problems: [Problem(.messageNotDead)]
        ) { call in
            let id = try call.id("id")
            return try await writes.accept(
                call, audit: try call.audit(.messageRetried) { (message: OutboxEntry) in "outbox_message:\(message.id)" }
            ) {
                transaction in
                try await outbox.retry(id, in: transaction)
            }
        }
    }
}

extension AuditAction {
    static let messageRetried = AuditAction(rawValue: "outbox_message.retried")
}
