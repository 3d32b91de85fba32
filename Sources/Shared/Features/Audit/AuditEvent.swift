package import struct Foundation.Date

/// A row of the audit trail.
package struct AuditEvent: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let at: Date
    /// `nil` when nobody had signed in.
    package let actorAccountID: Int64?
    package let action: String
    package let subject: String
    package let address: String?
    /// Further facts that matter, as the text of a JSON object.
    package let details: String
}

/// Which events a reader of the audit trail looks for; a field that is `nil` lets everything through.
package struct AuditFilter: Sendable {
    package let actorAccountID: Int64?
    package let subject: String?
    package let action: String?
    /// From this moment on.
    package let from: Date?
    /// Before this moment.
    package let to: Date?

    package init(actorAccountID: Int64? = nil, subject: String? = nil, action: String? = nil, from: Date? = nil, to: Date? = nil) {
        self.actorAccountID = actorAccountID
        self.subject = subject
        self.action = action
        self.from = from
        self.to = to
    }
}
