package import Callers
package import Database
import Text

package import struct Foundation.Date

/// Begins sessions, lists them and ends them.
package struct Sessions: Sendable {
    private let permissions: Permissions
    private let configuration: AccountsConfiguration
    private let accountStore = AccountStore()
    private let store = SessionStore()
    private let auditTrail = AuditTrail()

    init(permissions: Permissions, configuration: AccountsConfiguration) {
        self.permissions = permissions
        self.configuration = configuration
    }

    /// Begins a session: the one place where that is done, whatever the way of signing in. An account that has too many loses its oldest.
    ///
    /// - Parameter parentID: the session that approved it, with which it ends.
    func open(
        of account: Account, token: Token, address: String?, method: SignInMethod, parentID: Int64? = nil, userAgent: String? = nil,
        in transaction: PostgresTransaction
    ) async throws -> SignedIn {
        let statements = beginning(
            of: account, token: token, address: address, method: method, parentID: parentID, userAgent: userAgent)
        return try begun(of: account, token: token, try await transaction.results(of: statements))
    }

    /// The statements that begin a session, for a transaction that sends them together with others; ``begun(of:token:_:)`` reads what they
    /// gave.
    func beginning(
        of account: Account, token: Token, address: String?, method: SignInMethod, parentID: Int64? = nil, userAgent: String?
    ) -> [Query] {
        [
            SessionStore.inserting(
                token, accountID: account.id, length: configuration.sessionLength(in: account.realm),
                idle: configuration.idle(in: account.realm),
                method: method, parentID: parentID, address: address,
                // Enough to recognise a device by; some are thousands of characters long.
                userAgent: userAgent.map { $0.cleaned(to: 200) }
            ),
            SessionStore.revokingOldest(
                accountID: account.id, keeping: configuration.sessionLimit, besides: token, answeredForBy: parentID),
            auditTrail.recording(
                AuditEntry(
                    actorAccountID: account.id, action: .signedIn, subject: account.auditSubject, address: address,
                    details: ["method": method.rawValue]
                )
            ),
        ]
    }

    /// The session that has begun.
    ///
    /// - Parameter results: what the statements of ``beginning(of:token:address:method:parentID:userAgent:)`` gave, and those after them.
    func begun(of account: Account, token: Token, _ results: [PostgresRows]) throws -> SignedIn {
        SignedIn(account: account, token: token, expiresAt: try results[0].requiredFirst["expires_at"])
    }

    /// Begins a session that another one has approved, and with which it ends.
    ///
    /// - Returns: `nil` when that one has ended meanwhile, or the account may no longer sign in.
    func open(
        ofAccount accountID: Int64, approvedBy sessionID: Int64, realm: Realm, token: Token, address: String?, method: SignInMethod,
        in transaction: PostgresTransaction
    ) async throws -> SignedIn? {
        // Locked, so that no session begins while an administrator disables the account.
        guard
            let account = try await accountStore.locked(accountID, in: transaction), !account.isDisabled, account.realm == realm,
            let approver = try await store.principal(sessionID: sessionID, realm: realm, in: transaction),
            approver.accountID == accountID
        else { return nil }
        return try await open(of: account, token: token, address: address, method: method, parentID: sessionID, in: transaction)
    }

    /// Ends the caller's session.
    package func signOut(_ principal: Principal, address: String?, in transaction: PostgresTransaction) async throws {
        guard try await store.revoke(principal, in: transaction) else { return }
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: .signedOut, subject: "session:\(principal.sessionID)", address: address
            ),
            in: transaction
        )
    }

    /// The sessions of an account that still count, newest first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func sessions(of accountID: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<SessionRecord> {
        try await store.sessions(of: accountID, page: page, in: session)
    }

    /// The same for administrators, who may name an account that there isn't.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/cursorInvalid``.
    package func sessions(
        ofNamed accountID: Int64, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<SessionRecord> {
        guard try await accountStore.account(accountID, in: session) != nil else { throw Refusal.notFound }
        return try await sessions(of: accountID, page: page, in: session)
    }

    /// Ends one session of an account, be it by the owner or by an administrator.
    ///
    /// - Throws: ``Refusal/notFound`` for one that is somebody else's or over.
    package func revokeSession(
        _ id: Int64, of accountID: Int64, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        if accountID != principal.accountID {
            guard let account = try await accountStore.locked(accountID, in: transaction) else { throw Refusal.notFound }
            try await permissions.requireNotBelow(account, principal, in: transaction)
        }
        guard try await store.revoke(id, of: accountID, in: transaction) else { throw Refusal.notFound }
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: .sessionRevoked, subject: "account:\(accountID)", address: address,
                details: ["session": String(id)]
            ),
            in: transaction
        )
    }

    /// Ends all sessions of an account.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func revokeAllSessions(
        of accountID: Int64, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        guard let account = try await accountStore.locked(accountID, in: transaction) else { throw Refusal.notFound }
        try await permissions.requireNotBelow(account, principal, in: transaction)
        try await store.revokeAll(accountID: accountID, in: transaction)
        try await auditTrail.record(
            AuditEntry(actorAccountID: principal.accountID, action: .sessionRevoked, subject: account.auditSubject, address: address),
            in: transaction
        )
    }
}

/// A session that has just begun, with the token that is shown this once.
package struct SignedIn: Sendable {
    package let account: Account
    package let token: Token
    package let expiresAt: Date

    package init(account: Account, token: Token, expiresAt: Date) {
        self.account = account
        self.token = token
        self.expiresAt = expiresAt
    }
}

/// How a session began.
package enum SignInMethod: String, PostgresCodable, CaseIterable, Hashable, Sendable {
    case password
    case code
    case signUp = "sign_up"
    /// An account of an identity provider.
    case provider = "third_party"
    /// A device whose QR code was approved in another session.
    case qrCode = "qr_code"
    /// A ticket that another application gave.
    case appTicket = "app_ticket"
    /// Sessions that began before their method was written down.
    case other
}

/// A session as its owner and administrators see it.
package struct SessionRecord: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let method: SignInMethod
    package let address: String?
    package let userAgent: String?
    package let createdAt: Date
    /// To ten minutes or so.
    package let lastSeenAt: Date
    /// When it ends unless it is used before.
    package let idleExpiresAt: Date
    package let expiresAt: Date
}
