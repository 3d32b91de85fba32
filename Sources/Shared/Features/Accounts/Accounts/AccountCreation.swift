import Callers
import Database

/// What somebody signs up with.
package struct NewAccount: Sendable {
    package let username: Username
    package let password: Password
    package let phone: PhoneNumber?
    package let email: EmailAddress?

    /// - Throws: the refusals of ``Username``, ``Password``, ``PhoneNumber`` and ``EmailAddress``.
    package init(username: String, password: String, phone: String? = nil, email: String? = nil) throws {
        self.username = try Username(username)
        let phone = try phone.map(PhoneNumber.init)
        let email = try email.map(EmailAddress.init)
        self.password = try Password(
            new: password, names: [self.username.description, phone?.description, email?.description].compactMap(\.self))
        self.phone = phone
        self.email = email
    }
}

/// Makes accounts with a password: the one place for sign-ups, merchants' people and administrators.
struct AccountCreation: Sendable {
    private let hasher: PasswordHasher
    private let throttle: SignInThrottle
    private let configuration: AccountsConfiguration
    private let accountStore = AccountStore()
    private let auditTrail = AuditTrail()

    init(hasher: PasswordHasher, throttle: SignInThrottle, configuration: AccountsConfiguration) {
        self.hasher = hasher
        self.throttle = throttle
        self.configuration = configuration
    }

    /// Hashes the password of a new account, which has no second factor yet. That takes long, so it stands before the transaction.
    ///
    /// - Throws: ``Refusal/passwordTooShort(minimum:)``, ``Refusal/busy``.
    func hash(_ password: Password, realm: Realm, for address: String? = nil) async throws -> PasswordHash {
        try password.requireLength(configuration.passwordMinimum(in: realm, hasSecondFactor: false))
        return try await hasher.hash(password, for: address ?? "")
    }

    /// - Parameter actorID: who makes it for somebody else; `nil` when its owner makes it.
    /// - Throws: ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``.
    func create(
        _ new: NewAccount, hash: PasswordHash, realm: Realm, merchantID: Int64?, by actorID: Int64? = nil, address: String?,
        in transaction: PostgresTransaction
    ) async throws -> Account {
        let account = try await accountStore.insert(
            new, hash: hash, isSetByOther: actorID != nil, realm: realm, merchantID: merchantID, in: transaction
        )
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: actorID, action: .accountCreated, subject: account.auditSubject, address: address,
                details: ["realm": realm.rawValue, "permission": String(account.permission.rawValue)]
            ),
            in: transaction
        )
        return account
    }

    /// Notes that an account's owner signs in from the IP address where it was made. No sign-up fails when that can't be written down.
    func noteOwner(of account: Account, at address: String?, in pool: PostgresPool) async {
        guard let address else { return }
        try? await throttle.noteOwner(login: account.countedLogin, address: address, in: pool)
    }
}
