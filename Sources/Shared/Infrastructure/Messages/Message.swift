package import struct Foundation.Date

/// A message to a person outside of the service: a one-time code, or a text.
package struct Message: Hashable, Sendable {
    /// The way to the person.
    package enum Channel: String, Hashable, Sendable, Codable {
        case sms
        case email
    }

    /// Stays the same when the message is sent again, so that the receiver recognises a repetition.
    package let id: String
    package let channel: Channel
    /// A phone number in the form of E.164, or an e-mail address.
    package let recipient: String
    /// The purpose, such as `sign_in` for a code.
    package let purpose: String
    /// The code; `nil` when the message is a text.
    package let code: String?
    /// The text; `nil` when the message is a code.
    package let text: String?
    /// When the code expires, and the message becomes useless with it.
    package let expiresAt: Date

    package init(id: String, channel: Channel, recipient: String, purpose: String, code: String?, text: String? = nil, expiresAt: Date) {
        self.id = id
        self.channel = channel
        self.recipient = recipient
        self.purpose = purpose
        self.code = code
        self.text = text
        self.expiresAt = expiresAt
    }

    /// The recipient in a form for logs: enough to recognise one's own, too little to write to.
    package var maskedRecipient: String {
        switch channel {
        case .sms: "\(recipient.prefix(3))…\(recipient.suffix(2))"
        case .email: "\(recipient.prefix(1))…@\(recipient.split(separator: "@").last?.prefix(1) ?? "")…"
        }
    }
}

extension Message: CustomStringConvertible, CustomReflectable {
    /// A description without the code and the recipient, which must not get into a log.
    package var description: String { "\(channel.rawValue) message \(id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "channel": channel]) }
}
