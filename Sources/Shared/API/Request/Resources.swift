package import Callers

/// The kinds of things that permissions are about.
extension Resource {
    /// Permissions, groups and grants.
    package static let permissions: Resource = "permissions"
    /// A merchant's own people.
    package static let members: Resource = "members"
    package static let accounts: Resource = "accounts"
    package static let sessions: Resource = "sessions"
    package static let movies: Resource = "movies"
    package static let companies: Resource = "companies"
    /// The people of movies.
    package static let people: Resource = "people"
    package static let merchants: Resource = "merchants"
    /// Pictures that are uploaded.
    package static let images: Resource = "images"
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

    /// All of them.
    static let all: [Resource] = [
        .permissions, .members, .accounts, .sessions, .movies, .companies, .people, .merchants, .images, .screeningRights, .cities,
        .cinemas, .halls, .showtimes, .orders, .payments, .tickets, .rankings, .ledger, .reconciliations, .outboxMessages, .apps,
        .auditEvents,
    ]
}
