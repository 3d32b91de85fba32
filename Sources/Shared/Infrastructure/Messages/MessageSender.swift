/// Sends messages to people.
package protocol MessageSender: Sendable {
    /// Sends a message, or passes it to a relay that does. The same message may come more than once.
    ///
    /// - Throws: ``MessageRefused`` for a message that will never be accepted. After any other error it may be tried again.
    func send(_ message: Message) async throws
}

/// The receiver has understood a message and doesn't accept it.
package struct MessageRefused: Error, Hashable, Sendable {
    /// The reason is stored, so it must contain nothing of the message itself.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// A message didn't arrive, and another try may succeed.
package struct MessageUndelivered: Error, Hashable, Sendable {
    /// The reason goes into logs, so it must contain nothing of the message itself.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
