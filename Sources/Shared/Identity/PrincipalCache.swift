import Synchronization

/// Principals that were looked up a moment ago, by the SHA-256 of their tokens; tokens of nobody too.
final class PrincipalCache: Sendable {
    private struct Entry {
        let principal: Principal?
        let readAt: ContinuousClock.Instant
    }

    private let lifetime: Duration
    private let entries: Mutex<RecentMap<[UInt8], Entry>>

    init(lifetime: Duration, capacity: Int) {
        self.lifetime = lifetime
        entries = Mutex(RecentMap(capacity: capacity))
    }

    /// What is known about a token: `nil` is nothing, `.some(nil)` that it is nobody's.
    func principal(forSHA256 sha256: [UInt8], at now: ContinuousClock.Instant) -> Principal?? {
        entries.withLock { entries in
            guard let entry = entries[sha256], now - entry.readAt < lifetime else { return nil }
            return .some(entry.principal)
        }
    }

    /// - Parameter readAt: when the database was asked, not when it answered: the answer may have been stale on arrival.
    func keep(_ principal: Principal?, forSHA256 sha256: [UInt8], readAt: ContinuousClock.Instant) {
        entries.withLock { $0[sha256] = Entry(principal: principal, readAt: readAt) }
    }

    /// Forgets an account, so that what this very process changed is seen by its next request.
    func forget(accountID: Int64) {
        entries.withLock { $0.removeAll { $0.principal?.accountID == accountID } }
    }

    /// Forgets all, because a group of people may do more or less than before.
    func forgetEverybody() {
        entries.withLock { $0.removeAll { _ in true } }
    }
}
