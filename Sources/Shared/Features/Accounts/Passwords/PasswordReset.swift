package import Callers
import Database

/// A new password for somebody who has lost the old one.
package struct PasswordReset: Sendable {
    private let pool: PostgresPool
    private let hasher: PasswordHasher
    private let throttle: SignInThrottle
    private let passwords: OwnPassword
    private let codes: OneTimeCodes
    private let denials: Denials
    private let accountStore = AccountStore()
    private let sessionStore = SessionStore()
    private let auditTrail = AuditTrail()

    init(
        pool: PostgresPool, hasher: PasswordHasher, throttle: SignInThrottle, passwords: OwnPassword, codes: OneTimeCodes, denials: Denials
    ) {
        self.pool = pool
        self.hasher = hasher
        self.throttle = throttle
        self.passwords = passwords
        self.codes = codes
        self.denials = denials
    }

    /// Sets a new password by a code that was sent to the account's phone or mailbox, and ends all sessions. A second factor stays.
    ///
    /// - Throws: ``Refusal/codeWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/secretsMissing``; the refusals of ``Password``,
    ///   which point at `new_password`.
    package func reset(
        at destination: CodeDestination, code: CodeAttempt, to new: String, realm: Realm, address: String
    ) async throws {
        // Counted for this request for a code alone: strangers' tries don't affect it, and each request allows five.
        let counted = realm.rawValue + ":reset:" + code.request.text
        // Before the code is tried: who picks a bad password may try again with the same code. What depends on the account is checked
        // later.
        _ = try OwnPassword.pointingAtNewPassword { try Password(new: new) }
        try await throttle.begin(login: counted, address: address, in: pool)
        do {
            let checked = try await codes.check(code, purpose: .resetPassword, destination: destination, realm: realm)
            guard let checked, let account = try await accountStore.account(checked.accountID, in: pool), !account.isDisabled else {
                try await denials.record(
                    AuditEntry(actorAccountID: nil, action: .codeRefused, subject: "sign_in:" + realm.rawValue, address: address)
                )
                throw Refusal.codeWrong
            }
            let hash = try await hasher.hash(try await passwords.new(new, for: account), for: address)
            try await pool.withTransaction { transaction in
                guard
                    let current = try await accountStore.locked(account.id, in: transaction), !current.isDisabled,
                    current.hasProved(destination)
                else { throw Refusal.codeWrong }
                guard try await codes.use(checked, in: transaction) else { throw Refusal.codeWrong }
                _ = try await accountStore.setPassword(hash, of: account.id, insteadOf: nil, in: transaction)
                try await sessionStore.revokeAll(accountID: account.id, in: transaction)
                try await auditTrail.record(
                    AuditEntry(actorAccountID: account.id, action: .passwordReset, subject: account.auditSubject, address: address),
                    in: transaction
                )
            }
            try await throttle.takeBack(login: counted, address: address, .undecided, in: pool)
        } catch {
            if error as? Refusal != .codeWrong { try await throttle.takeBack(login: counted, address: address, .undecided, in: pool) }
            throw error
        }
    }
}
