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
    static func list(_ filter: AuditFilter, page: PageRequest) throws -> Query {
        let conditions: [Query?] = [
            filter.actorAccountID.map { "actor_account_id = \($0)" },
            filter.subject.map { "subject = \($0)" },
            filter.action.map { "action = \($0)" },
            filter.from.map { "at >= \($0)" },
            filter.to.map { "at < \($0)" },
        ]
        let columns: Query = "id, at, actor_account_id, action, subject, address, details::text AS details"
        return try .page(page, of: "audit_events", columns, where: conditions, .newestFirst)
    }

    /// - Throws: ``Refusal/cursorInvalid``.
    func events(_ filter: AuditFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<AuditEvent> {
        let rows = try await session.rows(try Self.list(filter, page: page), AuditEvent.init(row:))
        return Page(rows, request: page, id: \.id)
    }
}

extension AuditEvent {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"], at: try row["at"], actorAccountID: try row["actor_account_id"], action: try row["action"],
            subject: try row["subject"], address: try row["address"], details: try row["details"]
        )
    }
}
