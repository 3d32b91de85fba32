package import Callers
package import Database

/// The registered apps, and how people go from one to another without signing in again.
package struct Apps: Sendable {
    /// How long a ticket lives.
    package static let standardLife = Duration.seconds(60)

    private let pool: PostgresPool
    private let sessions: Sessions
    private let denials: Denials
    private let life: Duration
    private let store = AppStore()
    private let tickets = AppTicketStore()
    private let auditTrail = AuditTrail()

    package init(pool: PostgresPool, sessions: Sessions, denials: Denials, life: Duration = standardLife) {
        self.pool = pool
        self.sessions = sessions
        self.denials = denials
        self.life = life
    }

    /// Apps by number.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func apps(page: PageRequest) async throws -> Page<App> {
        try await store.apps(page: page, in: pool)
    }

    /// - Throws: ``Refusal/appExists``.
    package func register(
        name: String, realm: Realm, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws -> RegisteredApp {
        let secret = OneTimeSecret(.app)
        let app = try await store.insert(name: name, realm: realm, secret: secret, in: transaction)
        try await auditTrail.record(
            AuditEntry(actorAccountID: principal.accountID, action: .appRegistered, subject: app.auditSubject, address: address),
            in: transaction
        )
        return RegisteredApp(app: app, secret: secret)
    }

    /// - Parameter version: the one that the caller has seen; `nil` for any.
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/appExists``.
    package func change(
        _ id: Int64, _ change: AppChange, version: Int64?, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws -> RegisteredApp {
        let secret = change.renewsSecret ? OneTimeSecret(.app) : nil
        let app = try await store.update(
            id, version: version, name: change.name, isEnabled: change.isEnabled, secret: secret, in: transaction
        )
        guard let app else {
            throw try await store.app(id, in: transaction) == nil ? Refusal.notFound : Refusal.stale
        }
        var details: [String: String] = [:]
        if let isEnabled = change.isEnabled { details["enabled"] = String(isEnabled) }
        if secret != nil { details["secret"] = "renewed" }
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: .appChanged, subject: app.auditSubject, address: address, details: details
            ),
            in: transaction
        )
        return RegisteredApp(app: app, secret: secret)
    }

    /// Makes a ticket by which somebody signed in here can sign in to another app.
    ///
    /// - Throws: ``Refusal/appUnknown`` for apps of other realms and those that are switched off, too.
    package func issueTicket(
        for app: Int64, to principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws -> AppTicket {
        let ticket = OneTimeSecret(.ticket)
        let expiresAt = try await tickets.insert(ticket, app: app, principal: principal, life: life, in: transaction)
        guard let expiresAt else { throw Refusal.appUnknown }
        try await auditTrail.record(
            AuditEntry(actorAccountID: principal.accountID, action: .appTicketIssued, subject: "app:\(app)", address: address),
            in: transaction
        )
        return AppTicket(secret: ticket, expiresAt: expiresAt)
    }

    /// Changes a ticket into a session of its own.
    ///
    /// - Throws: ``Refusal/appTicketInvalid``.
    package func signIn(ticket: String, app: Int64, secret: String, realm: Realm, address: String) async throws -> SignedIn {
        let token = Token(realm: realm)
        let signedIn: SignedIn? = try await pool.withTransaction { transaction in
            let use = try await tickets.use(
                OneTimeSecret(attempt: ticket), app: app, secret: OneTimeSecret(attempt: secret), realm: realm, in: transaction
            )
            guard let use else { return nil }
            let signedIn = try await sessions.open(
                ofAccount: use.accountID, approvedBy: use.sessionID, realm: realm, token: token, address: address, method: .appTicket,
                in: transaction
            )
            guard let signedIn else { return nil }
            try await auditTrail.record(
                AuditEntry(actorAccountID: use.accountID, action: .appTicketUsed, subject: "app:\(app)", address: address),
                in: transaction
            )
            return signedIn
        }
        if let signedIn { return signedIn }
        try await denials.recordSignIn(reason: "app_ticket", realm: realm, address: address)
        throw Refusal.appTicketInvalid
    }
}

extension App {
    /// How the audit trail names it.
    fileprivate var auditSubject: String { "app:\(id)" }
}
