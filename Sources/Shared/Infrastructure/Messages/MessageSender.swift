/// Brings messages to people.
package protocol MessageSender: Sendable {
    /// Sends a message, or hands it to somebody who will. The same message may come more than once.
    ///
    /// - Throws: ``MessageRefused`` for one that will never be taken; anything else means that it may be tried again.
    func send(_ message: Message) async throws
}

/// The receiver has understood a message and won't take it.
package struct MessageRefused: Error, Hashable, Sendable {
    /// Without anything of the message itself: it is kept.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// A message didn't arrive, and may when it is tried again.
package struct MessageUndelivered: Error, Hashable, Sendable {
    /// Without anything of the message itself: it goes into logs.
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}
