import Synchronization

/// Principals that were looked up before, by their tokens; tokens of nobody too.
///
/// A principal is believed for its lifetime. After that it is only remembered: good enough to let a write begin that looks again.
final class PrincipalCache: Sendable {
    private struct Entry {
        let principal: Principal?
        let readAt: ContinuousClock.Instant
    }

    private struct Contents {
        var entries: RecentMap<Token.Digest, Entry>
        /// Accounts that were forgotten, with the time: what was read before doesn't count.
        var forgotten: RecentMap<Int64, ContinuousClock.Instant>
        var everybodyForgottenAt: ContinuousClock.Instant?
    }

    private let lifetime: Duration
    private let memory: Duration
    private let contents: Mutex<Contents>

    /// - Parameter memory: how long a principal is remembered: a look-up also writes down that its session is in use.
    init(lifetime: Duration, memory: Duration = .seconds(600), capacity: Int) {
        self.lifetime = lifetime
        self.memory = memory
        contents = Mutex(Contents(entries: RecentMap(capacity: capacity), forgotten: RecentMap(capacity: capacity)))
    }

    /// What is known about a token: `nil` is nothing, `.some(nil)` that it is nobody's.
    func principal(for digest: Token.Digest, at now: ContinuousClock.Instant) -> Principal?? {
        guard let entry = entry(for: digest), now - entry.readAt < lifetime else { return nil }
        return .some(entry.principal)
    }

    /// Whose a token was when it was last looked up; `nil` where that isn't known or was too long ago, or it was nobody's.
    func remembered(for digest: Token.Digest, at now: ContinuousClock.Instant) -> Principal? {
        guard let entry = entry(for: digest), now - entry.readAt < memory else { return nil }
        return entry.principal
    }

    /// - Parameter readAt: when the database was asked, not when it answered: the answer may have been stale on arrival.
    func keep(_ principal: Principal?, for digest: Token.Digest, readAt: ContinuousClock.Instant) {
        contents.withLock { $0.entries[digest] = Entry(principal: principal, readAt: readAt) }
    }

    /// Forgets an account, so that what this very process changed is seen by its next request.
    func forget(accountID: Int64, at now: ContinuousClock.Instant = .now) {
        contents.withLock { $0.forgotten[accountID] = now }
    }

    /// Forgets all, because a group of people may do more or less than before.
    func forgetEverybody(at now: ContinuousClock.Instant = .now) {
        contents.withLock { $0.everybodyForgottenAt = now }
    }

    private func entry(for digest: Token.Digest) -> Entry? {
        contents.withLock { contents in
            guard let entry = contents.entries[digest] else { return nil }
            if let forgottenAt = contents.everybodyForgottenAt, entry.readAt <= forgottenAt { return nil }
            if let accountID = entry.principal?.accountID, let forgottenAt = contents.forgotten[accountID], entry.readAt <= forgottenAt {
                return nil
            }
            return entry
        }
    }
}
