package import Database

/// The audit trail. Rows are only ever added; the database refuses anything else.
package struct AuditStore: Sendable {
    package init() {}

    package func record(_ entry: AuditEntry, in session: some PostgresSession) async throws {
        try await session.execute(
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
        )
    }
}
