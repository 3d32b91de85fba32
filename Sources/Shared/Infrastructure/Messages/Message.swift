package import struct Foundation.Date

/// Something that a person is told outside of the service: a one-time code, or a text.
package struct Message: Hashable, Sendable {
    /// The way to the person.
    package enum Channel: String, Hashable, Sendable, Codable {
        case sms
        case email
    }

    /// The same whenever the message is sent again, so that the receiver recognises a repetition.
    package let id: String
    package let channel: Channel
    /// A phone number in the form of E.164, or an e-mail address.
    package let recipient: String
    /// What it is about, as `sign_in` for a code.
    package let purpose: String
    /// `nil` for a text.
    package let code: String?
    /// What to tell the person where it is no code.
    package let text: String?
    /// After which the code is worth nothing, and the message too.
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

    /// The recipient as it may stand in a log: enough to recognise one's own, too little to write to.
    package var maskedRecipient: String {
        switch channel {
        case .sms: "\(recipient.prefix(3))…\(recipient.suffix(2))"
        case .email: "\(recipient.prefix(1))…@\(recipient.split(separator: "@").last?.prefix(1) ?? "")…"
        }
    }
}

extension Message: CustomStringConvertible, CustomReflectable {
    /// Neither the code nor the recipient: a message must not get into a log by being printed.
    package var description: String { "\(channel.rawValue) message \(id)" }
    package var customMirror: Mirror { Mirror(self, children: ["id": id, "channel": channel]) }
}
