package import Callers
package import Database
import Foundation

/// Messages that a change of state has for the outside.
///
/// A message is written in the transaction of the change, so that there is never one without the other, and delivered
/// by an ``OutboxWorker`` at least once.
package struct Outbox: Sendable {
    private let store = OutboxStore()
    private let entryStore = OutboxEntryStore()

    package init() {}

    /// Adds a message.
    ///
    /// - Parameters:
    ///   - kind: names the handler that delivers it, 1 to 64 characters.
    ///   - payload: the data for the handler, without secrets, because the table keeps it.
    ///   - session: the transaction of the change that causes the message.
    /// - Throws: `EncodingError`, `PostgresError`.
    package func add(
        _ kind: String,
        _ payload: some Encodable & Sendable,
        in session: some PostgresSession
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(payload), as: UTF8.self)
        try await store.add(kind: kind, payload: json, in: session)
    }

    /// Deletes messages that were delivered longer ago than this, a few thousand at a time.
    ///
    /// Messages that were given up stay until a person has looked at them.
    ///
    /// - Returns: how many were deleted.
    @discardableResult
    package func deleteDelivered(olderThan age: Duration, in session: some PostgresSession) async throws -> Int {
        try await store.deleteDone(olderThan: age, limit: 5_000, in: session)
    }

    /// The messages, newest first.
    package func entries(
        state: OutboxState?, kind: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<OutboxEntry> {
        try await entryStore.entries(state: state, kind: kind, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func entry(_ id: Int64, in session: some PostgresSession) async throws -> OutboxEntry {
        guard let entry = try await entryStore.entry(id, in: session) else { throw Refusal.notFound }
        return entry
    }

    /// Makes a message that was given up due again, at once. Its attempts go on being counted.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/messageNotDead``.
    package func retry(_ id: Int64, in transaction: PostgresTransaction) async throws -> OutboxEntry {
        if let entry = try await entryStore.revive(id, in: transaction) { return entry }
        _ = try await entry(id, in: transaction)
        throw Refusal.messageNotDead
    }
}

extension Refusal {
    /// The message is done, or is still being delivered.
    package static let messageNotDead = Refusal(.conflict, "message_not_dead")
}
