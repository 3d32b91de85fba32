import Database

extension Identity {
    /// Makes a moviegoer's account and signs it in.
    ///
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``, ``Refusal/tooManySignIns``.
    package func signUp(_ new: NewAccount, address: String?, userAgent: String? = nil) async throws -> SignedIn {
        let hash = try await hasher.hash(new.password, for: address ?? "")
        let token = Token(realm: .client)
        let signedIn = try await pool.withTransaction { transaction in
            let account = try await create(new, hash: hash, realm: .client, merchantID: nil, address: address, in: transaction)
            return try await openSession(
                of: account, token: token, address: address, method: .signUp, userAgent: userAgent, in: transaction)
        }
        await know(signedIn.account, at: address)
        return signedIn
    }

    /// Nobody's sign-up fails when that can't be written down.
    private func know(_ account: Account, at address: String?) async {
        guard let address else { return }
        try? await throttle.know(login: account.countedLogin, address: address, in: pool)
    }

    /// Makes a merchant, which an administrator has yet to verify, with its first account, and signs that in.
    ///
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``, ``Refusal/tooManySignIns``,
    ///   ``Refusal/passwordTooShort(minimum:)``: a new account has no second factor yet.
    package func registerMerchant(
        named name: MerchantName, _ new: NewAccount, address: String?, userAgent: String? = nil
    ) async throws -> (merchant: Merchant, signedIn: SignedIn) {
        try new.password.requireLength(settings.passwordMinimum(in: .cinema, hasSecondFactor: false))
        let hash = try await hasher.hash(new.password, for: address ?? "")
        let token = Token(realm: .cinema)
        let registered = try await pool.withTransaction { transaction in
            guard let merchant = try await merchantStore.insert(name: name, in: transaction) else { throw IdentityError.nothingReturned }
            let account = try await create(new, hash: hash, realm: .cinema, merchantID: merchant.id, address: address, in: transaction)
            try await auditStore.record(
                AuditEntry(actorAccountID: account.id, action: .merchantRegistered, subject: merchant.auditSubject, address: address),
                in: transaction
            )
            return (
                merchant,
                try await openSession(of: account, token: token, address: address, method: .signUp, userAgent: userAgent, in: transaction)
            )
        }
        await know(registered.1.account, at: address)
        return registered
    }

    /// Makes an administrator's account: what the command `create-admin` does.
    ///
    /// - Throws: the refusals of ``Username`` and ``Password``, ``Refusal/usernameTaken``.
    package func createAdministrator(username: String, password: String) async throws -> Account {
        let new = try NewAccount(username: username, password: password)
        try new.password.requireLength(settings.passwordMinimum(in: .admin, hasSecondFactor: false))
        let hash = try await hasher.hash(new.password)
        return try await pool.withTransaction { transaction in
            try await create(new, hash: hash, realm: .admin, merchantID: nil, address: nil, in: transaction)
        }
    }

    /// - Parameter actorID: who makes it for somebody else; `nil` for people themselves.
    func create(
        _ new: NewAccount, hash: PasswordHash, realm: Realm, merchantID: Int64?, by actorID: Int64? = nil, address: String?,
        in transaction: PostgresTransaction
    ) async throws -> Account {
        let account = try await accountStore.insert(
            new, hash: hash, isSetByOther: actorID != nil, realm: realm, merchantID: merchantID, in: transaction
        )
        guard let account else { throw IdentityError.nothingReturned }
        try await auditStore.record(
            AuditEntry(
                actorAccountID: actorID, action: .accountCreated, subject: account.auditSubject, address: address,
                details: ["realm": realm.rawValue, "permission": String(account.permission.rawValue)]
            ),
            in: transaction
        )
        return account
    }
}
