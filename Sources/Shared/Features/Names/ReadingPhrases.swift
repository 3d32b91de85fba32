package import Callers
package import Database

/// How Chinese names are read where single characters say it wrong. A change of a phrase changes what the names that hold it are found by, in
/// the same transaction.
package struct ReadingPhrases: Sendable {
    private let store = ReadingPhraseStore()

    package init() {}

    /// A page of the phrases in the order of their ids.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func phrases(page: PageRequest, in session: some PostgresSession) async throws -> Page<ReadingPhrase> {
        try await store.phrases(page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func phrase(_ id: Int64, in session: some PostgresSession) async throws -> ReadingPhrase {
        guard let phrase = try await store.phrase(id, in: session) else { throw Refusal.notFound }
        return phrase
    }

    /// - Throws: ``Refusal/phraseInvalid``, ``Refusal/readingInvalid``, ``Refusal/phraseExists``.
    package func add(_ new: NewReadingPhrase, in transaction: PostgresTransaction) async throws -> ReadingPhrase {
        let checked = try new.checked(folded: try await store.folded(new.phrase, in: transaction))
        guard let added = try await store.add(checked, in: transaction) else { throw Refusal.phraseExists }
        return added
    }

    /// Gives a phrase another reading.
    ///
    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/readingInvalid``.
    package func change(
        _ id: Int64, version: Int64?, reading: String, in transaction: PostgresTransaction
    ) async throws -> ReadingPhrase {
        let current = try await phrase(id, in: transaction)
        try NewReadingPhrase.check(reading, of: current.phrase)
        guard let changed = try await store.change(id, version: version, reading: reading, in: transaction) else { throw Refusal.stale }
        return changed
    }

    /// - Parameter version: the one that the caller has read; `nil` takes any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``.
    package func delete(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws {
        _ = try await phrase(id, in: transaction)
        guard try await store.delete(id, version: version, in: transaction) else { throw Refusal.stale }
    }
}
