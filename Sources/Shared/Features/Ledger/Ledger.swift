package import Callers
package import Database
package import Foundation

/// The double-entry ledger: where every fen came from and where it went. Posted entries stay. The database refuses an entry that doesn't
/// balance, and an entry for a movement that is posted already.
package struct Ledger: Sendable {
    private let store = LedgerStore()

    package init() {}

    /// Writes an entry, in the transaction of the change that moves the money. One without lines, of 0 fen, moves none and isn't written.
    package func post(_ entry: LedgerEntry, at now: Date, in transaction: PostgresTransaction) async throws {
        guard !entry.lines.isEmpty else { return }
        try await transaction.execute(posting([entry], at: now))
    }

    /// A statement that writes those of several entries that have lines, for the caller's transaction.
    package func posting(_ entries: [LedgerEntry], at now: Date) -> Query {
        LedgerStore.adding(entries, at: now)
    }

    /// Entries, newest first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func entries(orderID: UUID?, page: PageRequest, in session: some PostgresSession) async throws -> Page<PostedEntry> {
        try await store.entries(orderID: orderID, page: page, in: session)
    }

    /// The sum of each account's lines, by the account's name. All sums together are 0.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func balances(page: PageRequest, in session: some PostgresSession) async throws -> Page<LedgerBalance> {
        try await store.balances(page: page, in: session)
    }
}
