import Database
import TestSupport

@testable import Shared

/// Identity on a database of its own, with cheap hashes.
struct IdentityFixture {
    let pool: PostgresPool
    let identity: Identity
    let hasher: PasswordHasher

    static let password = "correct horse battery"
    static let address = "192.0.2.1"

    init(pool: PostgresPool, settings: IdentitySettings = IdentitySettings(), throttle: SignInThrottle = SignInThrottle()) {
        self.pool = pool
        hasher = PasswordHasher(parameters: ScryptParameters(logarithmicCost: 4, blockSize: 8, parallelism: 1))
        identity = Identity(pool: pool, hasher: hasher, throttle: throttle, settings: settings)
    }

    /// The same database seen by another process: nothing is shared but the rows.
    func anotherProcess() -> Identity {
        Identity(pool: pool, hasher: hasher)
    }

    func signUp(_ username: String, phone: String? = nil, email: String? = nil) async throws -> SignedIn {
        try await identity.signUp(
            NewAccount(username: username, password: Self.password, phone: phone, email: email), address: Self.address
        )
    }

    func registerMerchant(_ username: String) async throws -> (merchant: Merchant, signedIn: SignedIn) {
        try await identity.registerMerchant(
            named: MerchantName("影院 \(username)"), NewAccount(username: username, password: Self.password), address: Self.address
        )
    }

    /// Makes an administrator and signs it in.
    func administrator(_ username: String = "root-admin") async throws -> SignedIn {
        _ = try await identity.createAdministrator(username: username, password: Self.password)
        return try await signIn(username, in: .admin)
    }

    func signIn(_ login: String, password: String = password, in realm: Realm, from address: String = address) async throws -> SignedIn {
        try await identity.signIn(login: login, password: password, realm: realm, address: address)
    }

    func principal(of signedIn: SignedIn) async throws -> Principal? {
        try await identity.principal(forToken: signedIn.token.text, realm: signedIn.account.realm)
    }

    /// Changes an account as an administrator would.
    @discardableResult
    func change(
        _ id: Int64, permission: Int? = nil, disabled: Bool? = nil, version: Int64? = nil, by administrator: Principal,
        with identity: Identity? = nil
    ) async throws -> Account {
        let identity = identity ?? self.identity
        let account = try await pool.withTransaction { transaction in
            try await identity.changeAccount(
                id, AccountChange(permission: permission, disabled: disabled), version: version, by: administrator, address: Self.address,
                in: transaction
            )
        }
        identity.forget(accountID: id)
        return account
    }

    /// What the audit trail says about a subject, oldest first.
    func audited(_ subject: String) async throws -> [String] {
        try await pool.rows("SELECT action FROM audit_events WHERE subject = \(subject) ORDER BY id") { try $0["action"] }
    }
}
