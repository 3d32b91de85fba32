package import Callers
package import Database
import Text

/// A secret that is to be put into an application, shown this once.
package struct SecondFactorSetup: Sendable {
    /// In base32, for those who type.
    package let secret: String
    /// For a QR code.
    package let uri: String
}

extension SecondFactorSetup: CustomStringConvertible, CustomReflectable {
    package var description: String { "‹second factor›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The second factor of the caller's own account: setting it up, and turning it off.
package struct OwnSecondFactor: Sendable {
    private let pool: PostgresPool
    private let password: OwnPassword
    private let factors: SecondFactors
    private let throttle: SignInThrottle
    private let secrets: AccountSecrets?
    private let accountStore = AccountStore()
    private let sessionStore = SessionStore()
    private let factorStore = SecondFactorStore()
    private let auditTrail = AuditTrail()

    init(pool: PostgresPool, password: OwnPassword, factors: SecondFactors, throttle: SignInThrottle, secrets: AccountSecrets?) {
        self.pool = pool
        self.password = password
        self.factors = factors
        self.throttle = throttle
        self.secrets = secrets
    }

    /// Begins to set up a second factor, against the password. It counts once ``confirm(of:code:address:in:)`` has received a code of it.
    ///
    /// - Parameter write: carries out, in a transaction, what it is given.
    /// - Throws: what ``OwnPassword/check(_:of:address:)`` does; ``Refusal/secondFactorOn``, ``Refusal/secretsMissing``.
    package func begin(
        of principal: Principal, password typed: String, address: String,
        write: ((PostgresTransaction) async throws -> SecondFactorSetup) async throws -> SecondFactorSetup
    ) async throws -> SecondFactorSetup {
        try await password.check(typed, of: principal, address: address)
        return try await write { transaction in
            let secrets = try secrets.required()
            guard let account = try await accountStore.locked(principal.accountID, in: transaction) else { throw Refusal.unauthenticated }
            let secret = [UInt8].random(TOTP.secretLength)
            let sealed = try secrets.seal(secret, for: .totp, context: String(account.id))
            guard try await factorStore.begin(accountID: account.id, sealedSecret: sealed, in: transaction) else {
                throw Refusal.secondFactorOn
            }
            return SecondFactorSetup(
                secret: Base32.encode(secret),
                uri: TOTP.uri(secret: secret, account: account.username, issuer: "Piao \(account.realm.rawValue)")
            )
        }
    }

    /// Turns the second factor on, once its application has shown that it has the secret, and ends the caller's other sessions.
    ///
    /// - Returns: recovery codes, shown this once.
    /// - Throws: ``Refusal/codeWrong``, ``Refusal/secondFactorOn``, ``Refusal/secondFactorOff``, ``Refusal/secretsMissing``.
    package func confirm(
        of principal: Principal, code: String, address: String?, in transaction: PostgresTransaction
    ) async throws -> [String] {
        let secrets = try secrets.required()
        _ = try await accountStore.locked(principal.accountID, in: transaction)
        guard let factor = try await factorStore.factor(of: principal.accountID, in: transaction) else { throw Refusal.secondFactorOff }
        guard !factor.isConfirmed else { throw Refusal.secondFactorOn }
        let secret = try secrets.open(factor.sealedSecret, for: .totp, context: String(principal.accountID))
        guard
            let step = TOTP.step(of: code, secret: secret, at: factor.now),
            try await factorStore.take(step: step, accountID: principal.accountID, confirming: true, in: transaction)
        else { throw Refusal.codeWrong }
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        try await factorStore.addRecoveryCodes(codes, accountID: principal.accountID, in: transaction)
        try await sessionStore.revokeOthers(accountID: principal.accountID, than: principal.sessionID, in: transaction)
        try await auditTrail.record(.own(.secondFactorOn, principal, address: address), in: transaction)
        return codes.map(\.text)
    }

    /// Turns the second factor off, against the password and a code of it, and ends the caller's other sessions. The try counts as a wrong
    /// one until the code was found to be right.
    ///
    /// - Parameter write: carries out, in a transaction, what it is given.
    /// - Throws: what ``OwnPassword/check(_:of:address:)`` does; ``Refusal/codeWrong``, ``Refusal/secondFactorOff``,
    ///   ``Refusal/longerPasswordNeeded``, ``Refusal/secretsMissing``.
    package func end(
        of principal: Principal, password typed: String, code: String, address: String,
        write: ((PostgresTransaction) async throws -> Bool) async throws -> Bool
    ) async throws {
        try await password.check(typed, of: principal, address: address)
        guard factors.standsAlone(Password(attempt: typed), in: principal.realm) else { throw Refusal.longerPasswordNeeded }
        let login = "own-code:\(principal.accountID)"
        try await throttle.begin(login: login, address: address, in: pool)
        let isRight = try await write { try await end(of: principal, code: code, address: address, in: $0) }
        guard isRight else { throw Refusal.codeWrong }
        try await throttle.takeBack(login: login, address: address, .right, in: pool)
    }

    /// - Returns: whether the code was right.
    private func end(
        of principal: Principal, code: String, address: String?, in transaction: PostgresTransaction
    ) async throws -> Bool {
        guard let account = try await accountStore.locked(principal.accountID, in: transaction) else { throw Refusal.unauthenticated }
        let factor = try await factorStore.factor(of: account.id, in: transaction)
        guard let factor, factor.isConfirmed else { throw Refusal.secondFactorOff }
        let outcome = try await factors.check(factor, of: account, code: code, address: address, in: transaction)
        guard outcome == .passed else { return false }
        _ = try await factorStore.remove(accountID: account.id, in: transaction)
        try await sessionStore.revokeOthers(accountID: account.id, than: principal.sessionID, in: transaction)
        try await auditTrail.record(.own(.secondFactorOff, principal, address: address), in: transaction)
        return true
    }
}
