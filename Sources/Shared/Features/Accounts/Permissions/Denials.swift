import Callers
package import Database
import Foundation
package import Logging
import ServiceLifecycle
import Synchronization

/// Writes down in the audit trail who was not let in, and which requests were forbidden (403) or came too often (429).
package struct Denials: Sendable {
    private let pool: PostgresPool
    private let counts = DenialCounts()
    private let auditTrail = AuditTrail()

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Counts a request that was denied.
    ///
    /// - Parameter endpoint: as `POST /v1/orders`.
    package func count(_ action: AuditAction, endpoint: String, code: String, by accountID: Int64?, address: String) {
        counts.count(
            AuditEntry(actorAccountID: accountID, action: action, subject: endpoint, address: address, details: ["code": code])
        )
    }

    /// Writes down that somebody was not let in. When the same was written often enough in this minute, it is only counted. It is a
    /// transaction of its own, since the denial changes nothing else.
    func record(_ entry: AuditEntry) async throws {
        guard counts.isWrittenAtOnce(entry) else { return }
        try await auditTrail.record(entry, in: pool)
    }

    /// Writes down that a sign-in was denied.
    ///
    /// - Parameter subject: the account; `nil` when it isn't known.
    func recordSignIn(subject: String? = nil, reason: String, realm: Realm, address: String) async throws {
        try await record(
            AuditEntry(
                actorAccountID: nil, action: .signInRefused, subject: subject ?? "sign_in:" + realm.rawValue, address: address,
                details: ["reason": reason]
            )
        )
    }

    /// Writes down what was counted since the last time.
    package func writeCounts() async throws {
        let counts = counts.take()
        guard !counts.isEmpty else { return }
        try await pool.withTransaction { transaction in
            for count in counts { try await auditTrail.record(AuditEntry(count), in: transaction) }
        }
    }
}

/// Denials on their way into the audit trail. The first few of a kind in a minute become rows of their own at once; those after them are
/// counted, and one row at the end of the minute says how many they were. So the rows of a flood don't grow with it: they are at most
/// ``capacity`` of either sort a minute and process.
final class DenialCounts: Sendable {
    /// The same denial again and again in one minute.
    struct Count: Hashable, Sendable {
        let entry: AuditEntry
        var times: Int
        let firstAt: Date
    }

    private struct State: Sendable {
        /// How many of each kind were written at once.
        var written: [AuditEntry: Int] = [:]
        var writtenInAll = 0
        var counted: [AuditEntry: Count] = [:]
        /// Those for which there was no room; where they came from is lost.
        var others: [AuditEntry: Count] = [:]
    }

    /// How many kinds are counted separately, and how many rows are written at once.
    private let capacity: Int
    /// How many of one kind are written at once.
    private let each: Int
    private let state = Mutex(State())

    init(capacity: Int = 1_000, each: Int = 5) {
        self.capacity = capacity
        self.each = each
    }

    /// Whether a denial is to be written at once. If not, it is counted.
    func isWrittenAtOnce(_ entry: AuditEntry, at now: Date = Date()) -> Bool {
        state.withLock { state in
            let present = state.written[entry, default: 0]
            if present < each, state.writtenInAll < capacity {
                state.written[entry] = present + 1
                state.writtenInAll += 1
                return true
            }
            add(entry, at: now, to: &state)
            return false
        }
    }

    /// Counts a denial that need not be written before the minute is over.
    func count(_ entry: AuditEntry, at now: Date = Date()) {
        state.withLock { add(entry, at: now, to: &$0) }
    }

    /// Takes what was counted, and begins the next minute.
    func take() -> [Count] {
        let ended = state.withLock { state in
            defer { state = State() }
            return state
        }
        return Array(ended.counted.values) + Array(ended.others.values)
    }

    private func add(_ entry: AuditEntry, at now: Date, to state: inout State) {
        if state.counted[entry] != nil || state.counted.count < capacity {
            state.counted[entry, default: Count(entry: entry, times: 0, firstAt: now)].times += 1
        } else {
            // As many as there are endpoints, at most.
            let other = AuditEntry(actorAccountID: nil, action: entry.action, subject: entry.isAboutAccount ? "others" : entry.subject)
            state.others[other, default: Count(entry: other, times: 0, firstAt: now)].times += 1
        }
    }
}

extension AuditEntry {
    fileprivate var isAboutAccount: Bool { subject.hasPrefix("account:") }

    /// The entry for a denial that came again and again.
    init(_ count: DenialCounts.Count) {
        let more = ["count": String(count.times), "first_at": count.firstAt.formatted(.iso8601)]
        self.init(
            actorAccountID: count.entry.actorAccountID, action: count.entry.action, subject: count.entry.subject,
            address: count.entry.address, details: count.entry.details.merging(more) { $1 }
        )
    }
}

/// Writes counted denials into the audit trail every minute, and when the service ends. The counts of a minute are lost when the process
/// crashes, or when the database can't be reached at the end of it.
package struct DenialRecording: Service {
    private let denials: Denials
    private let logger: Logger

    package init(denials: Denials, logger: Logger) {
        self.denials = denials
        self.logger = logger
    }

    package func run() async throws {
        repeat {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(60)) }
            do {
                try await denials.writeCounts()
            } catch {
                logger.warning("Refusals could not be written into the audit trail", metadata: ["error": "\(String(reflecting: error))"])
            }
        } while !Task.isCancelled && !Task.isShuttingDownGracefully
    }
}
