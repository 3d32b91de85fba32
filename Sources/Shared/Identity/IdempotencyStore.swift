package import Database

/// The first answers to creating requests, kept 24 hours so that a repetition gets the same one.
package struct IdempotencyStore: Sendable {
    package init() {}

    /// Claims a request for this transaction: `false` when another transaction is working on the same one.
    package func tryLock(_ request: IdempotentRequest, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.row("SELECT pg_try_advisory_xact_lock(\(request.lockKey)::bigint) AS locked") { try $0["locked"] } ?? false
    }

    /// What a request was answered before, if it was.
    ///
    /// - Throws: ``Refusal/idempotencyKeyReused`` when the key came with another request.
    package func answer(to request: IdempotentRequest, in session: some PostgresSession) async throws -> RecordedAnswer? {
        let found: (sha256: [UInt8], answer: RecordedAnswer)? = try await session.row(
            """
            SELECT request_sha256, status, location, body
            FROM idempotency_records
            WHERE account_id = \(request.accountID)
            AND operation = \(request.operation)
            AND key = \(request.key)
            AND created_at > clock_timestamp() - INTERVAL '24 hours'
            """
        ) { row in
            (try row["request_sha256"], RecordedAnswer(status: try row["status"], location: try row["location"], body: try row["body"]))
        }
        guard let found else { return nil }
        guard found.sha256 == request.sha256 else { throw Refusal.idempotencyKeyReused }
        return found.answer
    }

    /// Records a success, in the transaction of what succeeded. A record past its 24 hours gives way.
    package func record(_ answer: RecordedAnswer, to request: IdempotentRequest, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO idempotency_records (account_id, operation, key, request_sha256, status, location, body)
            VALUES (
                \(request.accountID),
                \(request.operation),
                \(request.key),
                \(request.sha256),
                \(answer.status),
                \(answer.location),
                \(answer.body)
            )
            ON CONFLICT (account_id, operation, key) DO UPDATE
            SET request_sha256 = EXCLUDED.request_sha256,
                status = EXCLUDED.status,
                location = EXCLUDED.location,
                body = EXCLUDED.body,
                created_at = EXCLUDED.created_at
            """
        )
    }

    /// Removes records past their 24 hours, at most `limit`.
    ///
    /// - Returns: how many went.
    package func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await session.execute(
            """
            DELETE FROM idempotency_records
            WHERE (account_id, operation, key) IN (
                SELECT account_id, operation, key
                FROM idempotency_records
                WHERE created_at < clock_timestamp() - INTERVAL '24 hours'
                ORDER BY created_at
                LIMIT \(limit)
                FOR UPDATE SKIP LOCKED
            )
            """
        )
    }
}
