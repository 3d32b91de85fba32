import Foundation

/// Hands one-time codes, and other messages to the owners of accounts, from the outbox to the sender.
///
/// A code lies in the outbox encrypted, under a key that the database doesn't have, and is worth nothing a few minutes later.
package struct MessageDelivery: OutboxHandler {
    private let sender: any MessageSender
    private let secrets: AccountSecrets

    package init(sender: any MessageSender, secrets: AccountSecrets) {
        self.sender = sender
        self.secrets = secrets
    }

    static let kind = "one_time_code"
    package var kind: String { Self.kind }

    package func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery {
        let payload = try message.decode(SealedMessage.self)
        guard let content = try payload.opened(by: secrets) else { return .done }
        guard content.expiresAt > Date() else { return .givenUp(reason: "The message has expired before it could be sent.") }
        do {
            try await sender.send(
                Message(
                    id: payload.messageID, channel: content.channel, recipient: content.recipient, purpose: content.purpose,
                    code: content.code, text: content.text, expiresAt: content.expiresAt
                )
            )
        } catch let refused as MessageRefused {
            return .givenUp(reason: refused.reason)
        }
        return .done
    }
}

/// A message as it lies in the outbox.
struct SealedMessage: Codable, Sendable {
    /// What is to be sent. With an empty `recipient` nothing is sent: nobody has that number, and not even the outbox shows that.
    struct Content: Codable, Sendable {
        let channel: Message.Channel
        let recipient: String
        let purpose: String
        let code: String?
        let text: String?
        let expiresAt: Date
    }

    /// Of the code that it brings; `nil` for a text.
    let codeID: Int64?
    /// Of a text.
    let noticeID: UUID?
    let sealed: Data

    init(codeID: Int64, _ content: Content, by secrets: AccountSecrets) throws {
        try self.init(codeID: codeID, noticeID: nil, content, by: secrets)
    }

    /// A text.
    init(notice content: Content, by secrets: AccountSecrets) throws {
        try self.init(codeID: nil, noticeID: UUID(), content, by: secrets)
    }

    private init(codeID: Int64?, noticeID: UUID?, _ content: Content, by secrets: AccountSecrets) throws {
        self.codeID = codeID
        self.noticeID = noticeID
        var json = Array(try JSONEncoder().encode(content))
        // All of one length, since an empty recipient would show.
        json += [UInt8](repeating: UInt8(ascii: " "), count: max(0, 512 - json.count))
        sealed = Data(try secrets.seal(json, for: .message, context: Self.context(codeID, noticeID)))
    }

    /// The same whenever it is sent again.
    var messageID: String { (codeID == nil ? "notice-" : "one-time-code-") + Self.context(codeID, noticeID) }

    /// - Returns: `nil` when there is nobody to send it to.
    func opened(by secrets: AccountSecrets) throws -> Content? {
        let json = try secrets.open(Array(sealed), for: .message, context: Self.context(codeID, noticeID))
        let content = try JSONDecoder().decode(Content.self, from: Data(json))
        return content.recipient.isEmpty ? nil : content
    }

    private static func context(_ codeID: Int64?, _ noticeID: UUID?) -> String {
        codeID.map(String.init) ?? noticeID?.uuidString.lowercased() ?? ""
    }
}
