import Database
package import FoundationEssentials

/// A message of the outbox, for those who look into what happened to it.
package struct OutboxEntry: Hashable, Sendable {
    package let id: Int64
    package let kind: String
    /// JSON; holds no secrets.
    package let payload: String
    package let state: OutboxState
    package let createdAt: Date
    /// When it is delivered next. For a delivery under way: when another process takes over.
    package let nextAttemptAt: Date
    package let attempts: Int
    package let failures: Int
    /// The failure of the last attempt that didn't deliver it.
    package let lastError: String?
    /// When the delivery under way began; `nil` when none is.
    package let leasedAt: Date?
    package let doneAt: Date?
    package let deadAt: Date?
}

/// The states of a message.
package enum OutboxState: String, CaseIterable, Sendable, PostgresCodable {
    /// To be delivered, now or later.
    case due
    case done
    /// Given up; a person has to look.
    case dead
}
