import AsyncHTTPClient
import Foundation
import HTTP
import Logging
package import ServiceLifecycle
package import Shared

/// What brings messages to people, as the settings say.
///
/// - `messages.sender` (MESSAGES_SENDER): `log` writes codes into the service's log, for development; `file` to the end of `messages.file`
///   (MESSAGES_FILE), for demonstrations and tests; `relay` posts them to `messages.relayURL` (MESSAGES_RELAY_URL), signed with
///   `messages.relaySecret` (a secret: MESSAGES_RELAY_SECRET_FILE names a file, 32 characters or more).
package struct MessageSettings: Sendable {
    /// Hands codes from the outbox to the sender.
    package let delivery: any OutboxHandler
    /// Run beside the server.
    package let services: [any Service]

    private enum Sender: String, CaseIterable {
        case log
        case file
        case relay
    }

    /// - Returns: `nil` when nothing is to be sent.
    /// - Throws: ``SettingFault`` for the first setting that is missing or wrong.
    init?(_ settings: Settings, secrets: AccountSecrets?, logger: Logger) throws(SettingFault) {
        guard settings.text("messages.sender") != nil else { return nil }
        guard let secrets else { throw SettingFault("identity.secretsKey", "is not set, and messages need it") }
        let sender: any MessageSender
        switch try settings.word("messages.sender", default: Sender.log) {
        case .log:
            sender = LogSender(logger: logger)
            services = []
        case .file:
            sender = FileSender(path: try settings.requiredText("messages.file"))
            services = []
        case .relay:
            let url = try settings.requiredText("messages.relayURL")
            let address = URL(string: url)
            let isHere = address?.scheme == "http" && ["127.0.0.1", "localhost"].contains(address?.host())
            guard isHere || (address?.scheme == "https" && address?.host()?.isEmpty == false) else {
                throw SettingFault("messages.relayURL", "is not an https address")
            }
            let secret = try settings.requiredSecret("messages.relaySecret")
            guard secret.utf8.count >= 32 else { throw SettingFault("messages.relaySecret", "has fewer than 32 characters") }
            let connections = RelayConnections()
            sender = RelaySender(url: url, secret: secret, http: connections.http)
            services = [connections]
        }
        delivery = MessageDelivery(sender: sender, secrets: secrets)
    }
}

/// The connections to the relay, closed when the service ends, or when it never began.
private final class RelayConnections: Service {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: RelaySender.httpConfiguration)

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }

    deinit {
        // The client insists on being shut down; once it was, a second time does nothing.
        http.shutdown { _ in }
    }
}
