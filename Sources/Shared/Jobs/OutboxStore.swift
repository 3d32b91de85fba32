import Database

/// The outbox's rows.
struct OutboxStore: Sendable {
    func add(kind: String, payload: String, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            INSERT INTO outbox (kind, payload)
            VALUES (\(kind), \(payload)::jsonb)
            """
        )
    }

    /// Takes due messages of the kinds that this process can deliver, oldest first, and hides them from everybody else
    /// for the time of the lease. One statement, so the rows are locked for a moment only.
    func lease(kinds: [String], limit: Int, for lease: Duration, in session: some PostgresSession) async throws -> [OutboxMessage] {
        let leased = try await session.rows(
            """
            WITH due AS MATERIALIZED (
                SELECT id
                FROM outbox
                WHERE done_at IS NULL
                    AND dead_at IS NULL
                    AND next_attempt_at <= clock_timestamp()
                    AND kind = ANY(\(kinds)::text[])
                ORDER BY next_attempt_at, id
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            UPDATE outbox
            SET next_attempt_at = clock_timestamp() + make_interval(secs => \(lease.seconds)),
                attempts = attempts + 1
            FROM due
            WHERE outbox.id = due.id
            RETURNING outbox.id, outbox.kind, outbox.payload::text AS payload, outbox.attempts, outbox.failures
            """
        ) { row in
            let payload: String = try row["payload"]
            return OutboxMessage(
                id: try row["id"], kind: try row["kind"], payload: Array(payload.utf8), attempts: try row["attempts"],
                failures: try row["failures"]
            )
        }
        return leased.sorted { $0.id < $1.id }
    }

    /// Records that a message arrived, whoever holds it now: it need not be delivered again.
    func settle(_ message: OutboxMessage, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE outbox
            SET done_at = clock_timestamp(),
                dead_at = NULL,
                last_error = NULL
            WHERE id = \(message.id)
                AND done_at IS NULL
            """
        )
    }

    /// Puts a message off. A holder whose lease ran out and went to another changes nothing: the number of attempts tells.
    ///
    /// - Parameter hasFailed: whether the attempt broke down.
    func postpone(
        _ message: OutboxMessage, by pause: Duration, reason: String, hasFailed: Bool, in session: some PostgresSession
    ) async throws {
        try await session.execute(
            """
            UPDATE outbox
            SET next_attempt_at = clock_timestamp() + make_interval(secs => \(pause.seconds)),
                last_error = \(reason),
                failures = failures + \(hasFailed ? 1 : 0)
            WHERE id = \(message.id)
                AND attempts = \(message.attempts)
                AND done_at IS NULL
                AND dead_at IS NULL
            """
        )
    }

    /// Lays a message aside for a person to look at.
    func giveUp(_ message: OutboxMessage, reason: String, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE outbox
            SET dead_at = clock_timestamp(),
                last_error = \(reason)
            WHERE id = \(message.id)
                AND attempts = \(message.attempts)
                AND done_at IS NULL
                AND dead_at IS NULL
            """
        )
    }

    /// How much is waiting.
    func backlog(in session: some PostgresSession) async throws -> OutboxBacklog {
        let backlog = try await session.row(
            """
            SELECT
                (
                    SELECT count(*)
                    FROM outbox
                    WHERE done_at IS NULL
                        AND dead_at IS NULL
                        AND next_attempt_at <= clock_timestamp()
                ) AS due,
                (
                    SELECT extract(EPOCH FROM clock_timestamp() - min(next_attempt_at))::float8
                    FROM outbox
                    WHERE done_at IS NULL
                        AND dead_at IS NULL
                        AND next_attempt_at <= clock_timestamp()
                ) AS oldest_due_age,
                (
                    SELECT count(*)
                    FROM outbox
                    WHERE dead_at IS NOT NULL
                ) AS dead
            """
        ) { row in
            let age: Double? = try row["oldest_due_age"]
            return OutboxBacklog(due: try row["due"], oldestDueAge: max(age ?? 0, 0), dead: try row["dead"])
        }
        return backlog ?? OutboxBacklog(due: 0, oldestDueAge: 0, dead: 0)
    }

    func deleteDone(olderThan age: Duration, limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM outbox
            WHERE id IN (
                SELECT id
                FROM outbox
                WHERE done_at < clock_timestamp() - make_interval(secs => \(age.seconds))
                ORDER BY done_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}

/// How much of the outbox is waiting.
package struct OutboxBacklog: Hashable, Sendable {
    /// Messages whose time has come.
    package let due: Int
    /// For how many seconds the one that has waited longest could have been delivered.
    package let oldestDueAge: Double
    /// Messages that were given up.
    package let dead: Int
}
