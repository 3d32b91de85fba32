import Database
package import FoundationEssentials

/// A message as it lies in the outbox, for those who look into what became of it.
package struct OutboxEntry: Hashable, Sendable {
    package let id: Int64
    package let kind: String
    /// JSON; holds no secrets.
    package let payload: String
    package let state: OutboxState
    package let createdAt: Date
    /// When it is delivered next; of one that is under way, when another process takes over.
    package let nextAttemptAt: Date
    package let attempts: Int
    package let failures: Int
    /// What came of the last attempt that didn't deliver it.
    package let lastError: String?
    /// Since when a delivery is under way.
    package let leasedAt: Date?
    package let doneAt: Date?
    package let deadAt: Date?
}

/// How far a message has come.
package enum OutboxState: String, CaseIterable, Sendable, PostgresCodable {
    /// To be delivered, now or later.
    case due
    case done
    /// Given up; a person has to look.
    case dead
}
