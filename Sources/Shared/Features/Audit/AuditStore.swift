import Callers
import Database

/// The audit trail. Rows are only ever added; the database refuses anything else.
struct AuditStore: Sendable {
    func record(_ entry: AuditEntry, in session: some PostgresSession) async throws {
        try await session.execute(Self.recording(entry))
    }

    /// The statement by which ``record(_:in:)`` writes an entry.
    static func recording(_ entry: AuditEntry) -> Query {
        """
        INSERT INTO audit_events (actor_account_id, action, subject, address, details)
        VALUES (
            \(entry.actorAccountID),
            \(entry.action.rawValue),
            \(entry.subject),
            \(entry.address),
            \(PostgresJSON(entry.details))
        )
        """
    }

    /// Newest first: along the indexes on actor, subject, action and time, else along the primary key.
    static func list(_ filter: AuditFilter, before: Int64?, limit: Int) -> Query {
        var conditions: [Query] = []
        if let actor = filter.actorAccountID { conditions.append("actor_account_id = \(actor)") }
        if let subject = filter.subject { conditions.append("subject = \(subject)") }
        if let action = filter.action { conditions.append("action = \(action)") }
        if let from = filter.from { conditions.append("at >= \(from)") }
        if let to = filter.to { conditions.append("at < \(to)") }
        if let before { conditions.append("id < \(before)") }
        return """
            SELECT id, at, actor_account_id, action, subject, address, details::text AS details
            FROM audit_events
            WHERE \(conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "))
            ORDER BY id DESC
            LIMIT \(limit)
            """
    }

    /// - Throws: ``Refusal/cursorInvalid``.
    func events(_ filter: AuditFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<AuditEvent> {
        let rows = try await session.rows(Self.list(filter, before: page.idKey(), limit: page.limit + 1)) { row in
            AuditEvent(
                id: try row["id"], at: try row["at"], actorAccountID: try row["actor_account_id"], action: try row["action"],
                subject: try row["subject"], address: try row["address"], details: try row["details"]
            )
        }
        return Page(rows, request: page) { [String($0.id)] }
    }
}
