package import Callers
package import Database
package import Foundation

/// The double-entry ledger: where every fen came from and where it went. What is posted stays; the database refuses entries that don't balance,
/// and the same movement twice.
package struct Ledger: Sendable {
    private let store = LedgerStore()

    package init() {}

    /// Writes an entry down, in the transaction of what it follows from.
    package func post(_ entry: LedgerEntry, at now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(posting([entry], at: now))
    }

    /// The same for several entries at once, as a statement for the caller's transaction.
    package func posting(_ entries: [LedgerEntry], at now: Date) -> Query {
        LedgerStore.adding(entries, at: now)
    }

    /// Entries, newest first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func entries(orderID: UUID?, page: PageRequest, in session: some PostgresSession) async throws -> Page<PostedEntry> {
        try await store.entries(orderID: orderID, page: page, in: session)
    }

    /// What each account's lines add up to, by the account's name; all of them together are 0.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func balances(page: PageRequest, in session: some PostgresSession) async throws -> Page<LedgerBalance> {
        try await store.balances(page: page, in: session)
    }
}
