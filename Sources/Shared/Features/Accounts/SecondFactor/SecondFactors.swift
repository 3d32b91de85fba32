package import Callers
package import Database
import Foundation
import Text

/// Whether an account has a second factor, and how many recovery codes are left.
package struct SecondFactorState: Hashable, Sendable {
    package let isOn: Bool
    /// Whether too many wrong codes were tried: until somebody opens it only recovery codes count.
    package let isClosed: Bool
    package let recoveryCodesLeft: Int
}

/// What became of a sign-in's second factor.
enum SecondFactorCheck: Hashable, Sendable {
    /// The account has none, or the code is right.
    case passed
    case missing
    case wrong
    /// The application's codes aren't looked at any more.
    case closed
}

/// The second factors of accounts: checking them, and helping people who have lost theirs.
package struct SecondFactors: Sendable {
    private let permissions: Permissions
    private let configuration: AccountsConfiguration
    private let secrets: AccountSecrets?
    private let accountStore = AccountStore()
    private let sessionStore = SessionStore()
    private let factorStore = SecondFactorStore()
    private let auditTrail = AuditTrail()
    private let outbox = Outbox()

    init(permissions: Permissions, configuration: AccountsConfiguration, secrets: AccountSecrets?) {
        self.permissions = permissions
        self.configuration = configuration
        self.secrets = secrets
    }

    package func state(of accountID: Int64, in session: some PostgresSession) async throws -> SecondFactorState {
        let factor = try await factorStore.factor(of: accountID, in: session)
        let isOn = factor?.isConfirmed == true
        return SecondFactorState(
            isOn: isOn, isClosed: isOn && factor?.isClosed == true,
            recoveryCodesLeft: isOn ? try await factorStore.recoveryCodesLeft(accountID: accountID, in: session) : 0
        )
    }

    /// Whether a password is enough without a second factor: the people of cinemas and of the platform need a long one then (ASVS 5.0 6.2.1
    /// and 6.3.3; NIST SP 800-63B-4 §3.1.1.2). The length is known only while the password is typed; it is stored nowhere.
    func standsAlone(_ password: Password, in realm: Realm) -> Bool {
        password.length >= configuration.passwordMinimum(in: realm, hasSecondFactor: false)
    }

    /// Checks the second factor of an account that is locked, and uses the code up, be it the application's or a recovery code. A wrong one
    /// is counted, so the transaction must commit whatever the outcome is.
    ///
    /// - Parameter factor: the account's, read under its lock.
    func check(
        _ factor: SecondFactorStore.Factor?, of account: Account, code: String?, address: String?, in transaction: PostgresTransaction
    ) async throws -> SecondFactorCheck {
        guard let factor, factor.isConfirmed else { return .passed }
        guard let code else { return .missing }
        if let recovery = RecoveryCode(code) {
            guard try await factorStore.useRecoveryCode(recovery, accountID: account.id, in: transaction) else { return try await wrong() }
            try await record(.recoveryCodeUsed)
            if try await factorStore.open(accountID: account.id, in: transaction) { try await record(.secondFactorOpened) }
            return .passed
        }
        guard !factor.isClosed else { return .closed }
        let secret = try secrets.required().open(factor.sealedSecret, for: .totp, context: String(account.id))
        guard
            let step = TOTP.step(of: code, secret: secret, at: factor.now),
            try await factorStore.take(step: step, accountID: account.id, confirming: false, in: transaction)
        else { return try await wrong() }
        return .passed

        func wrong() async throws -> SecondFactorCheck {
            guard try await factorStore.countWrong(accountID: account.id, in: transaction) else { return .wrong }
            try await record(.secondFactorClosed)
            try await notify(account, Self.closedNotice, purpose: "second_factor_closed", in: transaction)
            return .wrong
        }

        func record(_ action: AuditAction) async throws {
            try await auditTrail.record(
                AuditEntry(actorAccountID: account.id, action: action, subject: account.auditSubject, address: address), in: transaction
            )
        }
    }

    /// What the owner of a second factor receives when it has closed.
    private static let closedNotice = """
        Somebody has tried 100 wrong codes in a row at the second factor of your Piao account, and your password with them. It takes no more codes \
        until you sign in with a recovery code or an administrator opens it. If that wasn't you, change your password.
        """

    /// Sends an account's owner a message, to the phone number or e-mail address that the account has proved; where there is none, or no
    /// sender of messages, nothing is sent.
    private func notify(_ account: Account, _ text: String, purpose: String, in transaction: PostgresTransaction) async throws {
        guard configuration.sendsMessages, let secrets else { return }
        let phone = account.phoneVerifiedAt.flatMap { _ in account.phone }
        let email = account.emailVerifiedAt.flatMap { _ in account.email }
        guard let recipient = phone ?? email else { return }
        let content = SealedMessage.Content(
            channel: phone == nil ? .email : .sms, recipient: recipient, purpose: purpose, code: nil, text: text,
            expiresAt: Date(timeIntervalSinceNow: 86_400)
        )
        try await outbox.add(MessageDelivery.kind, try SealedMessage(notice: content, by: secrets), in: transaction)
    }

    /// Opens a second factor that too many wrong codes have closed; an administrator has made sure who asks.
    ///
    /// - Throws: ``Refusal/notFound`` also when it isn't closed; ``Refusal/ownAccount``; ``Refusal/grantNotHeld`` for an administrator who
    ///   may do more than the caller.
    package func open(
        of accountID: Int64, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        guard accountID != principal.accountID else { throw Refusal.ownAccount }
        guard let account = try await accountStore.locked(accountID, in: transaction) else { throw Refusal.notFound }
        try await permissions.requireNotBelow(account, principal, in: transaction)
        guard try await factorStore.open(accountID: accountID, in: transaction) else { throw Refusal.notFound }
        try await auditTrail.record(
            AuditEntry(actorAccountID: principal.accountID, action: .secondFactorOpened, subject: account.auditSubject, address: address),
            in: transaction
        )
    }

    /// Whether a code is right at this moment, be it the application's or a recovery code; it isn't used up.
    func matches(accountID: Int64, code: String, in transaction: PostgresTransaction) async throws -> Bool {
        guard let factor = try await factorStore.factor(of: accountID, in: transaction), factor.isConfirmed else { return false }
        if let recovery = RecoveryCode(code) {
            return try await factorStore.hasRecoveryCode(recovery, accountID: accountID, in: transaction)
        }
        guard !factor.isClosed else { return false }
        let secret = try secrets.required().open(factor.sealedSecret, for: .totp, context: String(accountID))
        return TOTP.step(of: code, secret: secret, at: factor.now).map { $0 > factor.lastStep } ?? false
    }

    /// Removes the second factor of somebody who has lost both phone and recovery codes; an administrator has made sure who asks.
    ///
    /// All its sessions end. Where the password alone is too short, the next sign-in asks for a new one: refusing to remove the second
    /// factor would keep somebody without a phone out for ever.
    ///
    /// - Throws: ``Refusal/notFound`` also when there is none; ``Refusal/ownAccount``; ``Refusal/grantNotHeld`` for an administrator who
    ///   may do more than the caller.
    package func remove(
        of accountID: Int64, by principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        guard accountID != principal.accountID else { throw Refusal.ownAccount }
        guard let account = try await accountStore.locked(accountID, in: transaction) else { throw Refusal.notFound }
        try await permissions.requireNotBelow(account, principal, in: transaction)
        guard try await factorStore.remove(accountID: accountID, in: transaction) else { throw Refusal.notFound }
        try await sessionStore.revokeAll(accountID: accountID, in: transaction)
        try await auditTrail.record(
            AuditEntry(actorAccountID: principal.accountID, action: .secondFactorOff, subject: account.auditSubject, address: address),
            in: transaction
        )
    }
}
