import Foundation

/// The JSON form of a message for the relay.
struct RelayBody: Encodable {
    private let message: Message

    init(_ message: Message) {
        self.message = message
    }

    private enum Key: String, CodingKey {
        case id, channel, to, template, purpose, code, text
        case expiresAt = "expires_at"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(message.id, forKey: .id)
        try container.encode(message.channel, forKey: .channel)
        try container.encode(message.recipient, forKey: .to)
        try container.encode(message.code == nil ? "notice" : "one_time_code", forKey: .template)
        try container.encode(message.purpose, forKey: .purpose)
        try container.encodeIfPresent(message.code, forKey: .code)
        try container.encodeIfPresent(message.text, forKey: .text)
        try container.encode(message.expiresAt.formatted(.iso8601), forKey: .expiresAt)
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
