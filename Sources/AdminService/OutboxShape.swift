import HTTP
import Shared

/// The outbox in answers for administrators.
enum OutboxShape {
    static let message = Shape<OutboxEntry>(
        "OutboxMessage",
        .id("id", "Number of the message.", example: "41") { $0.id },
        .text("kind", "What it is about.", example: "payment_refund") { $0.kind },
        .text("payload", "What it is about in particular, as the text of a JSON object.", example: #"{"requestNumber": "20261123abc"}"#) {
            $0.payload
        },
        .enumeration("state", "How far it has come.", example: "dead") { $0.state },
        .timestamp("created_at", "When it was written.") { $0.createdAt },
        .timestamp("next_attempt_at", "When it is delivered next; while it is under way, when another process takes over.") {
            $0.nextAttemptAt
        },
        .int("attempts", "How many times its delivery was begun.", example: "3") { $0.attempts },
        .int("failures", "How many of those broke down.", example: "1") { $0.failures },
        .text("last_error", "Why the last attempt didn't deliver it.", example: "unreachable") { $0.lastError },
        .timestamp("leased_at", "Since when a delivery is under way; null when none is.") { $0.leasedAt },
        .timestamp("done_at", "When it was delivered.") { $0.doneAt },
        .timestamp("dead_at", "When it was given up.") { $0.deadAt }
    )

    static let state = QueryParameter(
        "state", .enumeration(OutboxState.self), "Only messages that wait (due), were delivered (done) or given up (dead).", example: "dead"
    )
    static let kind = QueryParameter("kind", .text(1...64), "Only messages of this kind.", example: "payment_refund")
}
