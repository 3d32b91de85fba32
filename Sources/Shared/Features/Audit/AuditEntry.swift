package import struct Foundation.UUID

/// Something that somebody did and that may be asked about later.
package struct AuditEntry: Hashable, Sendable {
    /// The account that did it; `nil` when nobody had signed in.
    package let actorAccountID: Int64?
    package let action: AuditAction
    /// The thing that it was done to, as `account:12` or `merchant:3`.
    package let subject: String
    /// The IP address of the request.
    package let address: String?
    /// Further facts that matter, but never a password, token, phone number or e-mail address.
    package let details: [String: String]

    package init(
        actorAccountID: Int64?, action: AuditAction, subject: String, address: String? = nil, details: [String: String] = [:]
    ) {
        self.actorAccountID = actorAccountID
        self.action = action
        self.subject = subject
        self.address = address
        self.details = details
    }

    package init(
        actorAccountID: Int64?, action: AuditAction, subject: AuditSubject, address: String? = nil, details: [String: String] = [:]
    ) {
        self.init(actorAccountID: actorAccountID, action: action, subject: subject.text, address: address, details: details)
    }
}

/// The thing that something was done to, such as `account:12`. The audit trail is searched by it. Each feature declares its own kinds.
package struct AuditSubject: Hashable, Sendable {
    package let text: String

    /// - Parameter kind: a stable snake_case word, such as `account`.
    package init(_ kind: String, _ id: Int64) {
        text = "\(kind):\(id)"
    }

    /// - Parameter name: what names it, at most 100 characters.
    package init(_ kind: String, _ name: String) {
        text = "\(kind):\(name)"
    }

    package init(_ kind: String, _ id: UUID) {
        text = "\(kind):\(id.uuidString.lowercased())"
    }
}
