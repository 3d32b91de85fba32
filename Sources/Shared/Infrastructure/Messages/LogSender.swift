package import Logging

/// Writes codes and texts into the service's log instead of sending them. It is for development only.
package struct LogSender: MessageSender {
    private let logger: Logger

    package init(logger: Logger) {
        self.logger = logger
    }

    package func send(_ message: Message) async throws {
        logger.notice(
            "A message to a person, written here because MESSAGES_SENDER is log.",
            metadata: [
                "channel": "\(message.channel.rawValue)", "to": "\(message.maskedRecipient)", "purpose": "\(message.purpose)",
                "code": "\(message.code ?? "-")", "text": "\(message.text ?? "-")",
            ]
        )
    }
}
