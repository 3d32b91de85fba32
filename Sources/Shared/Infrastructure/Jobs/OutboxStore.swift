import Database
import Waiting

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
    ///
    /// When a message's last lease has no outcome, its process ended during the delivery, or the outcome couldn't be recorded. That counts
    /// as a failure. At the limit the message is given up instead of being delivered once more.
    ///
    /// - Parameter maximumFailures: after how many failures a message is given up.
    func lease(
        kinds: [String], limit: Int, for lease: Duration, maximumFailures: Int, in session: some PostgresSession
    ) async throws -> OutboxLease {
        let leased = try await session.rows(
            """
            WITH due AS MATERIALIZED (
                SELECT
                    id,
                    failures + CASE WHEN leased_at IS NULL THEN 0 ELSE 1 END AS failures,
                    leased_at IS NOT NULL AND failures + 1 >= \(maximumFailures) AS is_over
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
                attempts = attempts + CASE WHEN due.is_over THEN 0 ELSE 1 END,
                failures = due.failures,
                leased_at = CASE WHEN due.is_over THEN NULL ELSE clock_timestamp() END,
                dead_at = CASE WHEN due.is_over THEN clock_timestamp() END,
                last_error = CASE WHEN due.is_over THEN due.failures || ' attempts failed: no outcome' ELSE last_error END
            FROM due
            WHERE outbox.id = due.id
            RETURNING outbox.id, outbox.kind, outbox.payload::text AS payload, outbox.attempts, outbox.failures, due.is_over
            """
        ) { row in
            let payload: String = try row["payload"]
            let message = OutboxMessage(
                id: try row["id"], kind: try row["kind"], payload: Array(payload.utf8), attempts: try row["attempts"],
                failures: try row["failures"]
            )
            let isOver: Bool = try row["is_over"]
            return (message: message, isOver: isOver)
        }.sorted { $0.message.id < $1.message.id }
        return OutboxLease(messages: leased.filter { !$0.isOver }.map(\.message), givenUp: leased.filter(\.isOver).map(\.message))
    }

    /// Records that a message arrived, even when another worker holds it now: it need not be delivered again.
    func settle(_ message: OutboxMessage, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE outbox
            SET done_at = clock_timestamp(),
                dead_at = NULL,
                leased_at = NULL,
                last_error = NULL
            WHERE id = \(message.id)
                AND done_at IS NULL
            """
        )
    }

    /// Hides a message for longer: its delivery may take more time than others.
    func extend(_ message: OutboxMessage, by time: Duration, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE outbox
            SET next_attempt_at = next_attempt_at + make_interval(secs => \(time.seconds))
            WHERE id = \(message.id)
                AND attempts = \(message.attempts)
                AND done_at IS NULL
                AND dead_at IS NULL
            """
        )
    }

    /// Postpones a message. When the holder's lease ran out and another worker has it, nothing changes; the number of attempts shows that.
    ///
    /// - Parameter hasFailed: whether the attempt failed.
    func postpone(
        _ message: OutboxMessage, by pause: Duration, reason: String, hasFailed: Bool, in session: some PostgresSession
    ) async throws {
        try await session.execute(
            """
            UPDATE outbox
            SET next_attempt_at = clock_timestamp() + make_interval(secs => \(pause.seconds)),
                leased_at = NULL,
                last_error = \(reason),
                failures = failures + \(hasFailed ? 1 : 0)
            WHERE id = \(message.id)
                AND attempts = \(message.attempts)
                AND done_at IS NULL
                AND dead_at IS NULL
            """
        )
    }

    /// Gives a message up, so that a person looks at it. The attempt that led to this counts as a failure, too.
    func giveUp(_ message: OutboxMessage, reason: String, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            UPDATE outbox
            SET dead_at = clock_timestamp(),
                leased_at = NULL,
                last_error = \(reason),
                failures = failures + 1
            WHERE id = \(message.id)
                AND attempts = \(message.attempts)
                AND done_at IS NULL
                AND dead_at IS NULL
            """
        )
    }

    /// Measures how much is waiting.
    func backlog(in session: some PostgresSession) async throws -> OutboxBacklog {
        let waiting = try await session.row(
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
                ) AS oldest_due_age
            """
        ) { row in
            let age: Double? = try row["oldest_due_age"]
            let due: Int = try row["due"]
            return (due: due, oldestDueAge: max(age ?? 0, 0))
        }
        // Uses the index on messages that were given up.
        let dead = try await session.rows(
            """
            SELECT kind, count(*) AS dead
            FROM outbox
            WHERE dead_at IS NOT NULL
            GROUP BY kind
            """
        ) { row in
            let (kind, count): (String, Int) = (try row["kind"], try row["dead"])
            return (kind, count)
        }
        // Uses the index on messages that wait.
        let ages = try await session.rows(
            """
            SELECT kind, extract(EPOCH FROM clock_timestamp() - min(created_at))::float8 AS age
            FROM outbox
            WHERE done_at IS NULL
                AND dead_at IS NULL
            GROUP BY kind
            """
        ) { row in
            let (kind, age): (String, Double) = (try row["kind"], try row["age"])
            return (kind, age)
        }
        return OutboxBacklog(
            due: waiting?.due ?? 0,
            oldestDueAge: waiting?.oldestDueAge ?? 0,
            oldestAgeByKind: Dictionary(ages, uniquingKeysWith: max),
            deadByKind: Dictionary(dead, uniquingKeysWith: +)
        )
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
    /// For how many seconds the longest-waiting due message has been due.
    package let oldestDueAge: Double
    /// The age of the oldest undelivered message of each kind, in seconds, even while it waits for its next attempt.
    package let oldestAgeByKind: [String: Double]
    /// Messages that were given up, by kind.
    package let deadByKind: [String: Int]

    /// Messages that were given up.
    package var dead: Int { deadByKind.values.reduce(0, +) }
}

/// The messages that a worker has leased.
struct OutboxLease: Hashable, Sendable {
    /// To be delivered.
    let messages: [OutboxMessage]
    /// Messages that are given up now, because too many of their deliveries ended without an outcome.
    let givenUp: [OutboxMessage]
}
