import Callers
package import Database

/// Creates things once for each key: the first answer to a request is kept 24 hours, so that a repetition gets the same one.
package struct Idempotency: Sendable {
    private let store = IdempotencyStore()

    package init() {}

    /// Locks a request for this transaction: `false` when another transaction is working on the same one.
    package func tryLock(_ request: IdempotentRequest, in transaction: PostgresTransaction) async throws -> Bool {
        try await store.tryLock(request, in: transaction)
    }

    /// The answer that the request got before; `nil` when it is new.
    ///
    /// - Throws: ``Refusal/idempotencyKeyReused`` when the key came with another request.
    package func answer(to request: IdempotentRequest, in session: some PostgresSession) async throws -> RecordedAnswer? {
        try await store.answer(to: request, in: session)
    }

    /// Records a successful answer, in the transaction of the change that it reports.
    package func record(_ answer: RecordedAnswer, to request: IdempotentRequest, in transaction: PostgresTransaction) async throws {
        try await store.record(answer, to: request, in: transaction)
    }

    /// Deletes records past their 24 hours.
    ///
    /// - Returns: how many it deleted, at most `limit`.
    package func deleteOld(limit: Int, in session: some PostgresSession) async throws -> Int {
        try await store.deleteOld(limit: limit, in: session)
    }
}
