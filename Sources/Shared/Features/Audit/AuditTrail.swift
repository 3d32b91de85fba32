package import Callers
package import Database

/// Who did what to whom, kept for ever. Each entry is written in the transaction of the change that it tells of.
package struct AuditTrail: Sendable {
    private let store = AuditStore()

    package init() {}

    package func record(_ entry: AuditEntry, in session: some PostgresSession) async throws {
        try await store.record(entry, in: session)
    }

    /// The statement that records an entry, for a transaction that sends it together with others.
    package func recording(_ entry: AuditEntry) -> Query {
        AuditStore.recording(entry)
    }

    /// Events, newest first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func events(_ filter: AuditFilter, page: PageRequest, in session: some PostgresSession) async throws -> Page<AuditEvent> {
        try await store.events(filter, page: page, in: session)
    }
}
