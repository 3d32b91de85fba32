import Callers
import Database
import Synchronization
import Waiting

/// Principals that were looked up before, by their tokens; also which tokens are nobody's.
///
/// For its lifetime an entry serves reads. After that it only lets a write begin, which looks again in its transaction.
final class PrincipalCache: Sendable {
    private struct Entry {
        let principal: Principal?
        let readAt: ContinuousClock.Instant
    }

    private struct Contents {
        var entries: RecentMap<Token.Digest, Entry>
        /// When accounts were removed: what was read before that doesn't count.
        var removals: RecentMap<Int64, ContinuousClock.Instant>
        var allRemovedAt: ContinuousClock.Instant?
    }

    private let lifetime: Duration
    private let memory: Duration
    private let contents: Mutex<Contents>

    /// - Parameter memory: how long an entry is kept; it ends, because a look-up also writes down that the session is in use.
    init(lifetime: Duration, memory: Duration = .seconds(600), capacity: Int) {
        self.lifetime = lifetime
        self.memory = memory
        contents = Mutex(Contents(entries: RecentMap(capacity: capacity), removals: RecentMap(capacity: capacity)))
    }

    /// Whose a token is; `nil` when that isn't cached, `.some(nil)` when the token is nobody's.
    func principal(for digest: Token.Digest, at now: ContinuousClock.Instant) -> Principal?? {
        guard let entry = entry(for: digest), now - entry.readAt < lifetime else { return nil }
        return .some(entry.principal)
    }

    /// Whose a token was when it was last looked up; `nil` when that isn't cached, was too long ago, or it was nobody's.
    func outdatedPrincipal(for digest: Token.Digest, at now: ContinuousClock.Instant) -> Principal? {
        guard let entry = entry(for: digest), now - entry.readAt < memory else { return nil }
        return entry.principal
    }

    /// - Parameter readAt: when the database was asked, not when it answered: the answer may have been out of date when it came.
    func insert(_ principal: Principal?, for digest: Token.Digest, readAt: ContinuousClock.Instant) {
        contents.withLock { $0.entries[digest] = Entry(principal: principal, readAt: readAt) }
    }

    /// Removes an account, so that the next request sees what has changed.
    func remove(accountID: Int64, at now: ContinuousClock.Instant = .now) {
        contents.withLock { $0.removals[accountID] = now }
    }

    /// Removes everybody, because a group of people may do more or less than before.
    func removeAll(at now: ContinuousClock.Instant = .now) {
        contents.withLock { $0.allRemovedAt = now }
    }

    /// Removes what this process's own transactions have changed.
    func remove(_ changes: [CommittedChange]) {
        for change in changes {
            switch change.kind {
            case CommittedChange.principal: remove(accountID: change.id)
            case CommittedChange.permissions: removeAll()
            default: break
            }
        }
    }

    private func entry(for digest: Token.Digest) -> Entry? {
        contents.withLock { contents in
            guard let entry = contents.entries[digest] else { return nil }
            if let removedAt = contents.allRemovedAt, entry.readAt <= removedAt { return nil }
            if let accountID = entry.principal?.accountID, let removedAt = contents.removals[accountID], entry.readAt <= removedAt {
                return nil
            }
            return entry
        }
    }
}

extension CommittedChange {
    /// Kind of a change of an account's sessions, or of what the account may do.
    static let principal = "principal"
    /// Kind of a change of what a group of people may do.
    static let permissions = "permissions"

    /// A change of an account's sessions, or of what the account may do.
    static func principal(ofAccount id: Int64) -> CommittedChange {
        CommittedChange(kind: principal, id: id)
    }

    /// A change of what a group of people may do.
    static func permissions(ofGroup id: Int64) -> CommittedChange {
        CommittedChange(kind: permissions, id: id)
    }
}

extension Query {
    /// A statement that changes an account's sessions, or what the account may do.
    static func changing(principalOf accountID: Int64, by query: Query) -> Query {
        changing([CommittedChange.principal(ofAccount: accountID)], by: query)
    }
    /// A statement that changes what a group of people may do.
    static func changing(permissionsOfGroup id: Int64, by query: Query) -> Query {
        changing([CommittedChange.permissions(ofGroup: id)], by: query)
    }
}
