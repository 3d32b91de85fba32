package import Database

extension Identity {
    /// The sessions of an account that still count, newest first.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func sessions(of accountID: Int64, page: PageRequest, in session: some PostgresSession) async throws -> Page<SessionRecord> {
        let rows = try await sessionStore.sessions(of: accountID, before: page.idKey(), limit: page.limit + 1, in: session)
        return Page(rows, request: page) { [String($0.id)] }
    }

    /// Ends one session of an account, be it by the owner or by an administrator. To be followed by ``forget(accountID:)`` after the commit.
    ///
    /// - Throws: ``Refusal/notFound`` for one that is somebody else's or over.
    package func revokeSession(
        _ id: Int64, of accountID: Int64, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        if accountID != principal.accountID {
            guard let account = try await accountStore.locked(accountID, in: transaction) else { throw Refusal.notFound }
            try await requireNotBelow(account, principal, in: transaction)
        }
        guard try await sessionStore.revoke(id, of: accountID, in: transaction) else { throw Refusal.notFound }
        try await auditStore.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: .sessionRevoked, subject: "account:\(accountID)", address: address,
                details: ["session": String(id)]
            ),
            in: transaction
        )
    }

    /// Ends all sessions of an account. To be followed by ``forget(accountID:)`` after the commit.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func revokeAllSessions(
        of accountID: Int64, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        guard let account = try await accountStore.locked(accountID, in: transaction) else { throw Refusal.notFound }
        try await requireNotBelow(account, principal, in: transaction)
        try await sessionStore.revokeAll(accountID: accountID, in: transaction)
        try await auditStore.record(
            AuditEntry(actorAccountID: principal.accountID, action: .sessionRevoked, subject: account.auditSubject, address: address),
            in: transaction
        )
    }
}
