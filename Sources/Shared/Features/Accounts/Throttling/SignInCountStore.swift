import Database

/// The counts of wrong tries in the database.
struct SignInCountStore: Sendable {
    struct Count: Hashable, Sendable {
        let failures: Int
        /// Seconds until the next try may be made; negative when it may.
        let wait: Double
        /// Seconds since the last one.
        let age: Double
        /// Whether this login has signed in from this IP address in the last 90 days.
        let isKnown: Bool
    }

    struct Change: Hashable, Sendable {
        let key: String
        let failures: Int
        /// Seconds until the next try may be made.
        let wait: Double
    }

    /// The counts, locked until the end of the transaction, in one order for everybody.
    func locked(_ keys: [String], in transaction: PostgresTransaction) async throws -> [String: Count] {
        let results = try await transaction.results(of: [
            .keepPlans,
            """
            INSERT INTO sign_in_counts (key)
            SELECT key
            FROM unnest(\(keys)::text[]) AS key
            ORDER BY key
            ON CONFLICT (key) DO UPDATE
            SET failures = sign_in_counts.failures
            RETURNING
                key,
                failures,
                extract(EPOCH FROM next_at - clock_timestamp())::float8 AS wait,
                extract(EPOCH FROM clock_timestamp() - last_at)::float8 AS age,
                coalesce(good_at > clock_timestamp() - INTERVAL '90 days', FALSE) AS is_known
            """,
        ])
        let counts = try results[1].map { row -> (String, Count) in
            let count = Count(failures: try row["failures"], wait: try row["wait"], age: try row["age"], isKnown: try row["is_known"])
            return (try row["key"], count)
        }
        return Dictionary(counts, uniquingKeysWith: { first, _ in first })
    }

    /// Sets counts that are locked.
    static func updating(_ changes: [Change]) -> Query {
        """
        UPDATE sign_in_counts
        SET failures = changes.failures,
            last_at = clock_timestamp(),
            next_at = clock_timestamp() + make_interval(secs => changes.wait)
        FROM unnest(
            \(changes.map(\.key))::text[],
            \(changes.map(\.failures))::integer[],
            \(changes.map(\.wait))::float8[]
        ) AS changes (key, failures, wait)
        WHERE sign_in_counts.key = changes.key
        """
    }

    /// Takes one try back from each count, and lets the next try come at once.
    ///
    /// - Parameter right: the pair's count begins anew, and the login counts as known at the IP address from now on.
    static func takingBack(pair: String, others: [String], right: Bool) -> Query {
        """
        WITH wanted AS MATERIALIZED (
            SELECT key
            FROM sign_in_counts
            WHERE key = ANY(\([pair] + others)::text[])
            ORDER BY key
            FOR UPDATE
        )
        UPDATE sign_in_counts
        SET failures = CASE WHEN \(right)::boolean AND wanted.key = \(pair) THEN 0 ELSE greatest(failures - 1, 0) END,
            next_at = clock_timestamp(),
            good_at = CASE WHEN \(right)::boolean AND wanted.key = \(pair) THEN clock_timestamp() ELSE good_at END
        FROM wanted
        WHERE sign_in_counts.key = wanted.key
        """
    }

    /// Whether a login has signed in from an IP address in the last 90 days.
    func isKnown(_ pair: String, in session: some PostgresSession) async throws -> Bool {
        let isKnown: Bool? = try await session.row(
            """
            SELECT coalesce(good_at > clock_timestamp() - INTERVAL '90 days', FALSE) AS is_known
            FROM sign_in_counts
            WHERE key = \(pair)
            """
        ) { try $0["is_known"] }
        return isKnown ?? false
    }

    /// Notes that a login has signed in from an IP address.
    func noteOwner(_ pair: String, in session: some PostgresSession) async throws {
        try await session.execute(
            """
            INSERT INTO sign_in_counts (key, good_at)
            VALUES (\(pair), clock_timestamp())
            ON CONFLICT (key) DO UPDATE
            SET good_at = clock_timestamp()
            """
        )
    }

    /// Deletes counts of what nobody has tried for two days, unless a login has signed in there in the last 90.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM sign_in_counts
            WHERE key IN (
                SELECT key
                FROM sign_in_counts
                WHERE last_at < clock_timestamp() - INTERVAL '2 days'
                AND coalesce(good_at < clock_timestamp() - INTERVAL '90 days', TRUE)
                ORDER BY last_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
