import AsyncHTTPClient
import Foundation
package import HTTP
import Logging
package import ServiceLifecycle
package import Shared

/// The sending of messages to people, by the settings.
package struct MessageSettings: Sendable {
    package static let group = SettingGroup(
        "Messages", [sender.declaration, relayURL.declaration, relaySecret.declaration, file.declaration])

    static let sender = Setting<Sender?>(
        word: "messages.sender", unset: "no codes are sent",
        "what brings one-time codes to people: relay posts them; log and file are for development")
    private static let relayURL = Setting(
        required: "messages.relayURL", unset: "required by relay",
        "an https address that codes (`template` one_time_code) and texts (notice) are posted to")
    private static let relaySecret = Setting(
        requiredSecret: "messages.relaySecret", unset: "required by relay", "signs them; 32 characters or more")
    private static let file = Setting(
        required: "messages.file", unset: "required by file", "path of the file that codes are added to")

    /// Passes codes from the outbox to the sender.
    package let delivery: any OutboxHandler
    /// Services that run beside the server.
    package let services: [any Service]

    enum Sender: String, CaseIterable, Sendable {
        case log
        case file
        case relay
    }

    /// - Returns: `nil` when nothing is to be sent.
    /// - Throws: ``SettingFault`` for the first setting that is missing or wrong.
    init?(_ settings: Settings, secrets: AccountSecrets?, logger: Logger) throws(SettingFault) {
        guard let kind = try settings[Self.sender] else { return nil }
        guard let secrets else { throw SettingFault(AccountSettings.secretsKey.key, "is not set, and messages need it") }
        let sender: any MessageSender
        switch kind {
        case .log:
            sender = LogSender(logger: logger)
            services = []
        case .file:
            sender = FileSender(path: try settings[Self.file])
            services = []
        case .relay:
            let url = try settings[Self.relayURL]
            let address = URL(string: url)
            let isHere = address?.scheme == "http" && ["127.0.0.1", "localhost"].contains(address?.host())
            guard isHere || (address?.scheme == "https" && address?.host()?.isEmpty == false) else {
                throw SettingFault(Self.relayURL.key, "is not an https address")
            }
            let secret = try settings[Self.relaySecret]
            guard secret.utf8.count >= 32 else { throw SettingFault(Self.relaySecret.key, "has fewer than 32 characters") }
            let connections = RelayConnections()
            sender = RelaySender(url: url, secret: secret, http: connections.http)
            services = [connections]
        }
        delivery = MessageDelivery(sender: sender, secrets: secrets)
    }
}

/// Closes the connections to the relay when the service ends, or when it never began.
private final class RelayConnections: Service {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: RelaySender.httpConfiguration)

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }

    deinit {
        // The HTTP client must be shut down. A second time does nothing.
        http.shutdown { _ in }
    }
}
