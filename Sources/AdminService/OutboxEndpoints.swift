import API
import Callers
import Database
import HTTP
import Shared

/// The outbox: messages to be delivered to the outside, and those that couldn't be.
struct OutboxEndpoints: Sendable {
    let outbox: Outbox
    let pool: PostgresPool
    let writes: Writes

    var all: [Endpoint] { [list, show, retry] }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/outbox-messages", "Lists messages to the outside, newest first.",
            access: .permission(.outboxMessages, .read),
            query: [OutboxShape.state, OutboxShape.kind],
            answers: .page(OutboxShape.message)
        ) { call in
            .page(
                try await outbox.entries(state: call[OutboxShape.state], kind: call[OutboxShape.kind], page: call.page, in: pool))
        }
    }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/outbox-messages/{id}", "Shows a message to the outside.",
            access: .permission(.outboxMessages, .read),
            answers: .ok(OutboxShape.message)
        ) { call in
            .ok(try await outbox.entry(call[.id], in: pool))
        }
    }

    var retry: Endpoint {
        Endpoint(
            .post, "/v1/outbox-messages/{id}/retries", "Has a message that was given up delivered after all.",
            name: "retryOutboxMessage",
            access: .permission(.outboxMessages, .modify),
            idempotency: true,
            answers: .accepted(OutboxShape.message),
            refusals: [.messageNotDead]
        ) { call in
            let id = try call[.id]
            return try await writes.accept(call, audit: call.audit(.messageRetried, AuditSubject("outbox_message", id))) { transaction in
                try await outbox.retry(id, in: transaction)
            }
        }
    }
}

extension AuditAction {
    static let messageRetried = AuditAction(rawValue: "outbox_message.retried")
}
