/// Delivers the messages of one kind.
package protocol OutboxHandler: Sendable {
    /// The kind of messages that it delivers.
    var kind: String { get }

    /// How long a delivery may take, where it may take longer than usual; `nil` for the worker's own limit.
    var timeLimit: Duration? { get }

    /// Delivers a message, outside of any transaction. The same message may come more than once: after a crash between the delivery and its
    /// record, and when a delivery takes longer than its lease. The receiver has to recognise a repetition.
    ///
    /// It is cancelled when its time is over, and must then end. After an error that it throws, another attempt follows, with growing
    /// pauses. Only the error's type is recorded, never its text, which may hold secrets.
    func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery
}

extension OutboxHandler {
    package var timeLimit: Duration? { nil }
}

/// The outcome of a delivery.
package enum OutboxDelivery: Hashable, Sendable {
    /// The message arrived and is done.
    case done
    /// Not yet: it is tried again, as often as it takes, after this time or less. Chance shortens it, to a half of it at least, so that messages
    /// that failed together don't come again together. The reason is kept and must hold no secrets.
    case again(after: Duration, reason: String = "not_yet")
    /// Its time hasn't come. It is delivered again after exactly this time. The reason is stored and must hold no secrets.
    case waiting(for: Duration, reason: String)
    /// It can never be delivered; a person has to look. The reason is stored and must hold no secrets.
    case givenUp(reason: String)
}
