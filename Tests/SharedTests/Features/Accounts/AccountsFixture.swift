import Callers
import Database
import Logging
import TestSupport
import Testing

@testable import Shared

/// Accounts on a database of its own, with cheap hashes.
struct AccountsFixture {
    let pool: PostgresPool
    let accounts: Accounts
    let merchants: Merchants
    let hasher: PasswordHasher

    static let password = "correct horse battery"
    static let address = "192.0.2.1"
    static let secrets = AccountSecrets(base64: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")

    init(
        pool: PostgresPool, configuration: AccountsConfiguration = AccountsConfiguration(), throttle: SignInThrottle = SignInThrottle()
    ) {
        self.init(pool: pool, configuration: configuration, throttle: throttle, hasher: PasswordHasher(function: .cheap))
    }

    private init(pool: PostgresPool, configuration: AccountsConfiguration, throttle: SignInThrottle, hasher: PasswordHasher) {
        self.pool = pool
        self.hasher = hasher
        var configuration = configuration
        configuration.sendsMessages = true
        accounts = Accounts(pool: pool, hasher: hasher, throttle: throttle, configuration: configuration, secrets: Self.secrets)
        merchants = Merchants(pool: pool, accounts: accounts)
    }

    /// The same database seen by another process, as far as what it has cached is concerned.
    func anotherProcess() -> Accounts {
        Accounts(pool: pool, hasher: hasher, configuration: accounts.configuration, secrets: Self.secrets)
    }

    /// The same database used by another process: this one isn't told of its commits.
    @discardableResult
    func withAnotherProcess<Result>(_ body: (AccountsFixture) async throws -> Result) async throws -> Result {
        let pool = PostgresPool(
            configuration: .patient(self.pool.configuration.connection.url),
            logger: Logger(label: "test") { _ in
                SwiftLogNoOpLogHandler()
            })
        do {
            let result = try await body(
                AccountsFixture(pool: pool, configuration: accounts.configuration, throttle: SignInThrottle(), hasher: hasher))
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    /// - Parameter verified: as though the account had proved the contacts that it signs up with.
    func signUp(_ username: String, phone: String? = nil, email: String? = nil, verified: Bool = false) async throws -> SignedIn {
        let signedIn = try await accounts.signUp.signUp(
            NewAccount(username: username, password: Self.password, phone: phone, email: email), address: Self.address
        )
        if verified {
            try await pool.execute(
                """
                UPDATE accounts
                SET phone_verified_at = CASE WHEN phone IS NOT NULL THEN clock_timestamp() END,
                    email_verified_at = CASE WHEN email IS NOT NULL THEN clock_timestamp() END
                WHERE id = \(signedIn.account.id)
                """)
        }
        return signedIn
    }

    func registerMerchant(_ username: String) async throws -> (merchant: Merchant, signedIn: SignedIn) {
        try await merchants.register(
            named: MerchantName("影院 \(username)"), NewAccount(username: username, password: Self.password), address: Self.address
        )
    }

    /// Makes an administrator and signs it in.
    func administrator(_ username: String = "root-admin") async throws -> SignedIn {
        _ = try await accounts.signUp.createAdministrator(username: username, password: Self.password)
        return try await signIn(username, in: .admin)
    }

    func signIn(_ login: String, password: String = password, in realm: Realm, from address: String = address) async throws -> SignedIn {
        try await accounts.signIn.signIn(login: login, password: password, realm: realm, address: address)
    }

    func principal(of signedIn: SignedIn) async throws -> Principal? {
        try await accounts.principals.principal(forToken: signedIn.token.text, realm: signedIn.account.realm)
    }

    /// Changes an account as an administrator would.
    @discardableResult
    func change(
        _ id: Int64, permission: Int? = nil, disabled: Bool? = nil, version: Int64? = nil, by administrator: Principal
    ) async throws -> Account {
        try await pool.withTransaction { transaction in
            try await accounts.administration.changeAccount(
                id, AccountChange(permission: permission, disabled: disabled), version: version, by: administrator,
                needs: PermissionGrant(resource: "accounts", bits: .modify), address: Self.address, in: transaction
            )
        }
    }

    /// What is needed for a change of names, without a code.
    func prove(_ change: ProfileChange, password: String? = nil, of principal: Principal) async throws -> ProvenChange {
        try await accounts.ownAccount.prove(change, by: ChangeProof(password: password, code: nil), of: principal, address: Self.address)
    }

    /// What the audit trail says about a subject, oldest first.
    func audited(_ subject: String) async throws -> [String] {
        try await pool.rows("SELECT action FROM audit_events WHERE subject = \(subject) ORDER BY id") { try $0["action"] }
    }

    /// The messages that lie in the outbox, oldest first; `nil` where there is nobody to send one to.
    func codes() async throws -> [String?] {
        let payloads: [String] = try await pool.rows("SELECT payload::text AS payload FROM outbox WHERE kind = 'one_time_code' ORDER BY id")
        {
            try $0["payload"]
        }
        let secrets = try #require(Self.secrets)
        return try payloads.map { payload in
            try OutboxMessage(id: 1, kind: "one_time_code", payload: Array(payload.utf8), attempts: 1).decode(SealedMessage.self)
                .opened(by: secrets)?.code
        }
    }

    /// Asks for a code, and reads it where it lies.
    func code(_ purpose: CodePurpose, to phone: String, realm: Realm = .client, from address: String = address) async throws -> CodeAttempt
    {
        let sent = try await accounts.codes.send(purpose, to: CodeDestination(phone: phone, email: nil), realm: realm, address: address)
        return CodeAttempt(requestID: sent.requestID.text, code: try #require(try await codes().last ?? nil))
    }

    /// Lets time pass for the codes and counts that there are.
    func passTime(_ interval: String) async throws {
        try await pool.execute(
            """
            UPDATE one_time_codes
            SET created_at = created_at - \(interval)::interval, expires_at = expires_at - \(interval)::interval
            """)
        try await pool.execute(
            "UPDATE sign_in_counts SET last_at = last_at - \(interval)::interval, next_at = next_at - \(interval)::interval")
    }
}
