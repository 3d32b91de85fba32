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

    /// Newest first: by the indexes on kind, on those that wait and on those that were given up; most are done, which the primary key lists.
    static func list(state: OutboxState?, kind: String?, page: PageRequest) throws -> Query {
        let isInState: Query? =
            switch state {
            case .due: "done_at IS NULL AND dead_at IS NULL"
            case .done: "done_at IS NOT NULL"
            case .dead: "dead_at IS NOT NULL"
            case nil: nil
            }
        return try .page(page, of: "outbox", columns, where: [isInState, kind.map { "kind = \($0)" }], .newestFirst)
    }

    func entries(state: OutboxState?, kind: String?, page: PageRequest, in session: some PostgresSession) async throws -> Page<OutboxEntry>
    {
        let query = try Self.list(state: state, kind: kind, page: page)
        return Page(try await session.rows(query, OutboxEntry.init(row:)), request: page, id: \.id)
    }

    func entry(_ id: Int64, in session: some PostgresSession) async throws -> OutboxEntry? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM outbox
            WHERE id = \(id)
            """,
            OutboxEntry.init(row:)
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
            OutboxEntry.init(row:)
        )
    }
}

extension OutboxEntry {
    fileprivate init(row: PostgresRow) throws {
        self.init(
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
