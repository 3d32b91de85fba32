package import Callers
package import Database

/// Merchants: registering them, showing them, and letting them sell.
package struct Merchants: Sendable {
    private let pool: PostgresPool
    private let creation: AccountCreation
    private let sessions: Sessions
    private let ownAccount: OwnAccount
    private let store = MerchantStore()
    private let auditTrail = AuditTrail()

    package init(pool: PostgresPool, accounts: Accounts) {
        self.pool = pool
        creation = accounts.creation
        sessions = accounts.sessions
        ownAccount = accounts.ownAccount
    }

    /// Adds a merchant with its first account, and signs that account in. An administrator has yet to verify the merchant.
    ///
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``, ``Refusal/busy``,
    ///   ``Refusal/passwordTooShort(minimum:)``: a new account has no second factor yet.
    package func register(
        named name: MerchantName, _ new: NewAccount, address: String?, userAgent: String? = nil
    ) async throws -> (merchant: Merchant, signedIn: SignedIn) {
        let hash = try await creation.hash(new.password, realm: .cinema, for: address)
        let token = Token(realm: .cinema)
        let registered = try await pool.withTransaction { transaction in
            let merchant = try await store.insert(name: name, in: transaction)
            let account = try await creation.create(
                new, hash: hash, realm: .cinema, merchantID: merchant.id, address: address, in: transaction
            )
            try await auditTrail.record(
                AuditEntry(actorAccountID: account.id, action: .merchantRegistered, subject: merchant.auditSubject, address: address),
                in: transaction
            )
            let signedIn = try await sessions.open(
                of: account, token: token, address: address, method: .signUp, userAgent: userAgent, in: transaction
            )
            return (merchant: merchant, signedIn: signedIn)
        }
        await creation.noteOwner(of: registered.signedIn.account, at: address, in: pool)
        return registered
    }

    /// Merchants by number.
    ///
    /// - Parameter verified: `true` for verified merchants only, `false` for the others only, `nil` for all.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func merchants(verified: Bool?, page: PageRequest, in session: some PostgresSession) async throws -> Page<Merchant> {
        try await store.merchants(verified: verified, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func merchant(_ id: Int64, in session: some PostgresSession) async throws -> Merchant {
        guard let merchant = try await store.merchant(id, in: session) else { throw Refusal.notFound }
        return merchant
    }

    /// Somebody's own account, with the merchant that it acts for.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func profile(of principal: Principal) async throws -> AccountProfile {
        let account = try await ownAccount.account(principal.accountID)
        guard let merchantID = account.merchantID else { return AccountProfile(account: account, merchant: nil) }
        return AccountProfile(account: account, merchant: try await merchant(merchantID, in: pool))
    }

    /// Verifies a merchant, so that it can sell, or takes the verification back.
    ///
    /// - Throws: ``Refusal/notFound``.
    package func verify(
        _ id: Int64, verified: Bool, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws -> Merchant {
        guard let merchant = try await store.setVerified(verified, id: id, in: transaction) else { throw Refusal.notFound }
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: principal.accountID,
                action: verified ? .merchantVerified : .merchantVerificationWithdrawn,
                subject: merchant.auditSubject,
                address: address
            ),
            in: transaction
        )
        return merchant
    }
}

/// An account, and the merchant that it acts for; only accounts of cinemas have one.
package struct AccountProfile: Sendable {
    package let account: Account
    package let merchant: Merchant?
}

extension Merchant {
    /// How the audit trail names it.
    var auditSubject: String { "merchant:\(id)" }
}
