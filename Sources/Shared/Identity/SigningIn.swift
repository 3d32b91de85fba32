package import Database

extension Identity {
    /// Signs somebody in by username, phone number or e-mail address, and password.
    ///
    /// A name that nobody has takes as long and gets the same answer as a wrong password.
    ///
    /// - Throws: ``Refusal/credentialsWrong``, ``Refusal/accountDisabled`` (after the right password only),
    ///   ``Refusal/signInThrottled(seconds:)``, ``Refusal/tooManySignIns``.
    package func signIn(login text: String, password: String, realm: Realm, address: String) async throws -> SignedIn {
        let login = LoginName(text)
        // Spellings of one name count together; what can't be a name counts as one.
        let counted = realm.rawValue + ":" + (login?.text ?? "")
        try throttle.begin(login: counted, address: address, at: .now)
        let account: Account?
        do {
            account = try await check(login: login, password: password, realm: realm)
        } catch {
            throttle.takeBack(login: counted, address: address, right: false, at: .now)
            throw error
        }
        guard let account else { throw Refusal.credentialsWrong }
        throttle.takeBack(login: counted, address: address, right: true, at: .now)
        let token = Token(realm: realm)
        let signedIn: SignedIn? = try await pool.withTransaction { transaction in
            // Locked, so that no session begins while an administrator disables the account.
            guard let current = try await accountStore.locked(account.id, in: transaction), !current.isDisabled else { return nil }
            return try await openSession(of: current, token: token, address: address, in: transaction)
        }
        guard let signedIn else {
            try await recordRefusal(subject: account.auditSubject, reason: "disabled", address: address)
            throw Refusal.accountDisabled
        }
        return signedIn

        /// The account if the password is its own, else a row in the audit trail.
        func check(login: LoginName?, password: String, realm: Realm) async throws -> Account? {
            let found = try await credentials(of: login, realm: realm)
            if try await hasher.verify(Password(attempt: password), against: found?.hash), let found { return found.account }
            try await recordRefusal(
                // An unknown name isn't written down: people type passwords into the wrong field.
                subject: found?.account.auditSubject ?? "sign_in:" + realm.rawValue,
                reason: found == nil ? "unknown_login" : "wrong_password",
                address: address
            )
            return nil
        }
    }

    /// Ends the caller's session. To be followed by ``forget(accountID:)`` after the commit.
    package func signOut(_ principal: Principal, address: String?, in transaction: PostgresTransaction) async throws {
        guard try await sessionStore.revoke(principal.sessionID, in: transaction) else { return }
        try await auditStore.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: .signedOut, subject: "session:\(principal.sessionID)", address: address
            ),
            in: transaction
        )
    }

    private func credentials(of login: LoginName?, realm: Realm) async throws -> (account: Account, hash: PasswordHash?)? {
        guard let login else { return nil }
        return try await accountStore.credentials(of: login, realm: realm, in: pool)
    }

    func openSession(of account: Account, token: Token, address: String?, in transaction: PostgresTransaction) async throws -> SignedIn {
        let expiresAt = try await sessionStore.insert(
            token, accountID: account.id, length: settings.sessionLength(in: account.realm), in: transaction
        )
        guard let expiresAt else { throw IdentityError.nothingReturned }
        try await auditStore.record(
            AuditEntry(actorAccountID: account.id, action: .signedIn, subject: account.auditSubject, address: address),
            in: transaction
        )
        return SignedIn(account: account, token: token, expiresAt: expiresAt)
    }

    /// In a transaction of its own: the refusal itself changes nothing else.
    private func recordRefusal(subject: String, reason: String, address: String) async throws {
        try await auditStore.record(
            AuditEntry(actorAccountID: nil, action: .signInRefused, subject: subject, address: address, details: ["reason": reason]),
            in: pool
        )
    }
}
