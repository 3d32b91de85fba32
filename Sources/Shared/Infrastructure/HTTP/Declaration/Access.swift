/// Who may call an endpoint.
package enum Access: Hashable, Sendable {
    /// Anybody; no token is looked at.
    case open
    /// Anybody who is signed in.
    case signedIn
    /// An account whose permission holds the action on the resource.
    case permission(Resource, Action)
}

/// A kind of thing that permissions are about, in the words of the domain.
package struct Resource: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        self.init(rawValue: value)
    }
}

extension Resource {
    /// Stands for all, in permissions alone.
    package static let every: Resource = "*"
    /// Permissions, groups, and who has them.
    package static let permissions: Resource = "permissions"
    /// A merchant's own people.
    package static let members: Resource = "members"
    package static let accounts: Resource = "accounts"
    package static let sessions: Resource = "sessions"
    package static let movies: Resource = "movies"
    package static let companies: Resource = "companies"
    package static let merchants: Resource = "merchants"
    package static let screeningRights: Resource = "screening_rights"
    package static let cities: Resource = "cities"
    package static let cinemas: Resource = "cinemas"
    package static let halls: Resource = "halls"
    package static let showtimes: Resource = "showtimes"
    package static let orders: Resource = "orders"
    package static let payments: Resource = "payments"
    package static let tickets: Resource = "tickets"
    package static let rankings: Resource = "rankings"
    package static let ledger: Resource = "ledger"
    package static let reconciliations: Resource = "reconciliations"
    package static let outboxMessages: Resource = "outbox_messages"
    package static let apps: Resource = "apps"
    package static let auditEvents: Resource = "audit_events"
}

/// What is done to a resource; the raw value is its bit in a permission.
package enum Action: Int, CaseIterable, Hashable, Sendable {
    case read = 1
    case write = 2
    case modify = 4
    case delete = 8

    /// The word in the documentation.
    package var name: String {
        switch self {
        case .read: "read"
        case .write: "write"
        case .modify: "modify"
        case .delete: "delete"
        }
    }
}
