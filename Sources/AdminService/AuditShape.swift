import HTTP
import Shared

/// The audit trail in answers for administrators.
enum AuditShape {
    static let event = Shape<AuditEvent>(
        "AuditEvent",
        .id("id", "Number of the event.", example: "812") { $0.id },
        .timestamp("at", "When it was.") { $0.at },
        .id("actor_account_id", "Who did it; null when nobody had signed in.", example: "12") { $0.actorAccountID },
        .text("action", "What was done.", example: "session.opened") { $0.action },
        .text("subject", "What it was done to.", example: "account:12") { $0.subject },
        .text("address", "The network address that it came from.", example: "203.0.113.9") { $0.address },
        .text("details", "What else matters, as the text of a JSON object.", example: #"{"method": "password"}"#) { $0.details }
    )

    static let actor = QueryParameter("actor_account_id", .id, "Only what this account did.", example: "12")
    static let subject = QueryParameter("subject", .text(1...128), "Only what was done to this.", example: "account:12")
    static let action = QueryParameter("action", .text(1...64), "Only this kind of action.", example: "session.refused")
    static let from = QueryParameter("from", .timestamp, "Only from this moment on.", example: "2026-11-01T00:00:00Z")
    static let to = QueryParameter("to", .timestamp, "Only before this moment.", example: "2026-12-01T00:00:00Z")
}
