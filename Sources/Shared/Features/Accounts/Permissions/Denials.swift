import Foundation
import Synchronization

/// Refusals on their way into the audit trail. The first few of a kind in a minute are rows of their own at once; what comes after them is
/// counted, and one row at the end of the minute tells how often. So a flood costs a number of rows that doesn't depend on its size: at most
/// ``capacity`` of either sort a minute and process.
final class DenialCounts: Sendable {
    /// The same refusal again and again in one minute.
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
        /// Those for which there was no room: from where they came is lost.
        var others: [AuditEntry: Count] = [:]
    }

    /// How many kinds are told apart, and how many rows are written at once.
    private let capacity: Int
    /// How many of one kind are written at once.
    private let each: Int
    private let state = Mutex(State())

    init(capacity: Int = 1_000, each: Int = 5) {
        self.capacity = capacity
        self.each = each
    }

    /// Whether a refusal is to be written at once. If not, it is counted.
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

    /// Counts a refusal of which nobody needs to hear before the minute is over.
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

    /// The entry for a refusal that came again and again.
    init(_ count: DenialCounts.Count) {
        let more = ["count": String(count.times), "first_at": count.firstAt.formatted(.iso8601)]
        self.init(
            actorAccountID: count.entry.actorAccountID, action: count.entry.action, subject: count.entry.subject,
            address: count.entry.address, details: count.entry.details.merging(more) { $1 }
        )
    }
}
