import Callers
import Database

/// The outbox's rows for those who look into them.
struct OutboxEntryStore: Sendable {
    private static let columns: Query = """
        id, kind, payload::text AS payload,
        CASE
            WHEN done_at IS NOT NULL THEN 'done'
            WHEN dead_at IS NOT NULL THEN 'dead'
            ELSE 'due'
        END AS state,
        created_at, next_attempt_at, attempts, failures, last_error, leased_at, done_at, dead_at
        """

    /// Messages, newest first. Filters use the indexes on kind, on waiting messages, and on messages that were given up. Most messages are
    /// done; the primary key lists those.
    static func list(state: OutboxState?, kind: String?, before: Int64?, limit: Int) -> Query {
        var conditions: [Query] = []
        switch state {
        case .due: conditions.append("done_at IS NULL AND dead_at IS NULL")
        case .done: conditions.append("done_at IS NOT NULL")
        case .dead: conditions.append("dead_at IS NOT NULL")
        case nil: break
        }
        if let kind { conditions.append("kind = \(kind)") }
        if let before { conditions.append("id < \(before)") }
        return """
            SELECT \(columns)
            FROM outbox
            WHERE \(conditions.reduce("TRUE" as Query) { "\($0) AND \($1)" })
            ORDER BY id DESC
            LIMIT \(limit)
            """
    }

    func entries(state: OutboxState?, kind: String?, page: PageRequest, in session: some PostgresSession) async throws -> Page<OutboxEntry>
    {
        let query = Self.list(state: state, kind: kind, before: try page.idKey(), limit: page.limit + 1)
        return Page(try await session.rows(query, Self.entry), request: page) { ["\($0.id)"] }
    }

    func entry(_ id: Int64, in session: some PostgresSession) async throws -> OutboxEntry? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM outbox
            WHERE id = \(id)
            """,
            Self.entry
        )
    }

    /// Makes a message that was given up due again, and resets its failures.
    ///
    /// - Returns: `nil` when it was not given up, or is not there.
    func revive(_ id: Int64, in session: some PostgresSession) async throws -> OutboxEntry? {
        try await session.row(
            """
            UPDATE outbox
            SET dead_at = NULL,
                failures = 0,
                next_attempt_at = clock_timestamp()
            WHERE id = \(id)
                AND dead_at IS NOT NULL
                AND done_at IS NULL
            RETURNING \(Self.columns)
            """,
            Self.entry
        )
    }

    private static func entry(_ row: PostgresRow) throws -> OutboxEntry {
        OutboxEntry(
            id: try row["id"],
            kind: try row["kind"],
            payload: try row["payload"],
            state: try row["state"],
            createdAt: try row["created_at"],
            nextAttemptAt: try row["next_attempt_at"],
            attempts: try row["attempts"],
            failures: try row["failures"],
            lastError: try row["last_error"],
            leasedAt: try row["leased_at"],
            doneAt: try row["done_at"],
            deadAt: try row["dead_at"]
        )
    }
}
