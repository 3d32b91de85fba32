import Callers
import Database
import Text

/// The first answers to creating requests, kept 24 hours so that a repetition gets the same one.
struct IdempotencyStore: Sendable {
    /// Locks a request for this transaction: `false` when another transaction is working on the same one.
    func tryLock(_ request: IdempotentRequest, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.requiredRow("SELECT pg_try_advisory_xact_lock(\(request.lockKey)::bigint) AS locked") { try $0["locked"] }
    }

    /// The answer that the request got before; `nil` when it is new.
    ///
    /// - Throws: ``Refusal/idempotencyKeyReused`` when the key came with another request.
    func answer(to request: IdempotentRequest, in session: some PostgresSession) async throws -> RecordedAnswer? {
        guard let row = try await session.rows(Self.answers(to: [request])).first else { return nil }
        let found = try Self.answer(row)
        guard found.sha256 == request.sha256 else { throw Refusal.idempotencyKeyReused }
        return found.answer
    }

    /// Records a successful answer, in the transaction of the change that it reports. A record that is older than 24 hours is overwritten.
    func record(_ answer: RecordedAnswer, to request: IdempotentRequest, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(Self.recording([(request, answer)]))
    }

    /// The recorded answers of those requests that were answered before; see ``answer(_:)``.
    static func answers(to requests: [IdempotentRequest]) -> Query {
        """
        SELECT
            idempotency_records.account_id, idempotency_records.operation, idempotency_records.key, idempotency_records.request_sha256,
            idempotency_records.status, idempotency_records.location, idempotency_records.body
        FROM unnest(
            \(requests.map(\.accountID))::bigint[],
            \(requests.map(\.operation))::text[],
            \(requests.map(\.key))::text[]
        ) AS wanted (account_id, operation, key)
        JOIN idempotency_records
            ON idempotency_records.account_id = wanted.account_id
            AND idempotency_records.operation = wanted.operation
            AND idempotency_records.key = wanted.key
            AND idempotency_records.created_at > clock_timestamp() - INTERVAL '24 hours'
        """
    }

    /// A row of ``answers(to:)``.
    static func answer(_ row: PostgresRow) throws -> (key: IdempotencyRecordKey, sha256: [UInt8], answer: RecordedAnswer) {
        let (accountID, operation, key, sha256, status, location, body) =
            try row.decode((Int64, String, String, [UInt8], Int, String?, [UInt8]).self)
        return (
            IdempotencyRecordKey(accountID: accountID, operation: operation, key: key), sha256,
            RecordedAnswer(status: status, location: location, body: body)
        )
    }

    /// Records successful answers. Records that are older than 24 hours are overwritten.
    static func recording(_ records: [(request: IdempotentRequest, answer: RecordedAnswer)]) -> Query {
        """
        INSERT INTO idempotency_records (account_id, operation, key, request_sha256, status, location, body)
        SELECT account_id, operation, key, decode(request_sha256, 'hex'), status, nullif(location, ''), convert_to(body, 'UTF8')
        FROM unnest(
            \(records.map(\.request.accountID))::bigint[],
            \(records.map(\.request.operation))::text[],
            \(records.map(\.request.key))::text[],
            \(records.map(\.request.sha256.hexadecimal))::text[],
            \(records.map(\.answer.status))::smallint[],
            \(records.map { $0.answer.location ?? "" })::text[],
            \(records.map { String(decoding: $0.answer.body, as: UTF8.self) })::text[]
        ) AS answered (account_id, operation, key, request_sha256, status, location, body)
        ON CONFLICT (account_id, operation, key) DO UPDATE
        SET request_sha256 = EXCLUDED.request_sha256,
            status = EXCLUDED.status,
            location = EXCLUDED.location,
            body = EXCLUDED.body,
            created_at = EXCLUDED.created_at
        """
    }

    /// Removes records that are older than 24 hours, at most `limit`.
    ///
    /// - Returns: how many it removed.
    func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
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
