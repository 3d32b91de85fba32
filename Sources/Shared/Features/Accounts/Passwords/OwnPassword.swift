package import Callers
package import Database

/// The password of the caller's own account: checking it, and setting another one.
package struct OwnPassword: Sendable {
    private let pool: PostgresPool
    private let hasher: PasswordHasher
    private let throttle: SignInThrottle
    private let secondFactors: SecondFactors
    private let denials: Denials
    private let configuration: AccountsConfiguration
    private let accountStore = AccountStore()
    private let sessionStore = SessionStore()
    private let auditTrail = AuditTrail()

    init(
        pool: PostgresPool, hasher: PasswordHasher, throttle: SignInThrottle, secondFactors: SecondFactors, denials: Denials,
        configuration: AccountsConfiguration
    ) {
        self.pool = pool
        self.hasher = hasher
        self.throttle = throttle
        self.secondFactors = secondFactors
        self.denials = denials
        self.configuration = configuration
    }

    /// Makes sure that a password is the caller's own. Wrong ones are counted as at a sign-in: a stolen token is no way to guess.
    ///
    /// - Returns: the hash that it was checked against, to be handed to what changes it.
    /// - Throws: ``Refusal/passwordWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/busy``.
    @discardableResult
    func check(_ password: String, of principal: Principal, address: String) async throws -> PasswordHash {
        let counted = "own:\(principal.accountID)"
        let suspicion = try await throttle.begin(login: counted, address: address, in: pool)
        let hash: PasswordHash?
        let isRight: Bool
        do {
            hash = try await accountStore.passwordHash(of: principal.accountID, in: pool)
            isRight = try await hasher.verify(Password(attempt: password), against: hash, for: address, suspicion: suspicion)
        } catch {
            try await throttle.takeBack(login: counted, address: address, .undecided, in: pool)
            throw error
        }
        guard isRight, let hash else {
            try await denials.record(.own(.passwordRefused, principal, address: address))
            throw Refusal.passwordWrong
        }
        try await throttle.takeBack(login: counted, address: address, .right, in: pool)
        return hash
    }

    /// Makes sure that the caller is at hand: by its password, or by a session that has just begun.
    ///
    /// - Throws: ``Refusal/confirmationNeeded``, ``Refusal/passwordWrong``, ``Refusal/signInThrottled(seconds:)``,
    ///   ``Refusal/busy``.
    func requireAtHand(_ principal: Principal, password: String?, address: String) async throws {
        if let password {
            try await check(password, of: principal, address: address)
        } else {
            guard try await isFresh(principal) else { throw Refusal.confirmationNeeded }
        }
    }

    /// Changes the caller's password, or sets its first one, and ends its other sessions.
    ///
    /// - Parameters:
    ///   - old: `nil` where the account has none.
    ///   - write: carries out, in a transaction, what it is given.
    /// - Throws: what ``prepareChange(_:old:of:address:)`` and ``change(of:_:address:in:)`` throw.
    package func change(
        to new: String, old: String?, of principal: Principal, address: String,
        write: ((PostgresTransaction) async throws -> Void) async throws -> Void
    ) async throws {
        let prepared = try await prepareChange(new, old: old, of: principal, address: address)
        try await write { try await change(of: principal, prepared, address: address, in: $0) }
    }

    /// Makes the hash of a new password of the caller, once the old one was right.
    ///
    /// An account that came by an identity provider has none. It sets its first one in the first minutes of a session that began with a
    /// proof of who is there: else whoever finds an open session, or steals its token, could make itself a way in that outlives the session
    /// (ASVS 5.0 7.5.1 asks for such a proof). Where the account has a verified phone number or mailbox, somebody could take it over by the
    /// provider's account alone; so there the first password needs a code, as a forgotten one does.
    ///
    /// - Parameter old: `nil` where the account has none.
    /// - Throws: what ``check(_:of:address:)`` does; ``Refusal/passwordMissing``; ``Refusal/confirmationNeeded`` and
    ///   ``Refusal/passwordSetByCode`` for a first password; the refusals of ``Password``, which point at `new_password`.
    func prepareChange(
        _ new: String, old: String?, of principal: Principal, address: String
    ) async throws -> PreparedPassword {
        let account = try await account(principal.accountID)
        let password = try await self.new(new, for: account)
        if let old {
            let hash = try await check(old, of: principal, address: address)
            return PreparedPassword(hash: try await hasher.hash(password, for: address), old: hash)
        }
        guard try await accountStore.passwordHash(of: account.id, in: pool) == nil else { throw Refusal.passwordMissing }
        guard account.phoneVerifiedAt == nil, account.emailVerifiedAt == nil else { throw Refusal.passwordSetByCode }
        guard try await isFresh(principal) else { throw Refusal.confirmationNeeded }
        return PreparedPassword(hash: try await hasher.hash(password, for: address), old: nil)
    }

    /// Changes the caller's password, and ends its other sessions.
    ///
    /// - Throws: ``Refusal/passwordWrong`` when it was changed meanwhile.
    func change(
        of principal: Principal, _ prepared: PreparedPassword, address: String?, in transaction: PostgresTransaction
    ) async throws {
        let isSet =
            if let old = prepared.old {
                try await accountStore.setPassword(prepared.hash, of: principal.accountID, insteadOf: old, in: transaction)
            } else {
                try await accountStore.setFirstPassword(prepared.hash, of: principal.accountID, in: transaction)
            }
        guard isSet else { throw Refusal.passwordWrong }
        try await sessionStore.revokeOthers(accountID: principal.accountID, than: principal.sessionID, in: transaction)
        try await auditTrail.record(.own(.passwordChanged, principal, address: address), in: transaction)
    }

    /// A password that an account may have.
    func new(_ text: String, for account: Account) async throws -> Password {
        let hasSecondFactor = try await secondFactors.state(of: account.id, in: pool).isOn
        return try Self.pointingAtNewPassword {
            let password = try Password(new: text, names: [account.username, account.phone, account.email].compactMap(\.self))
            try password.requireLength(configuration.passwordMinimum(in: account.realm, hasSecondFactor: hasSecondFactor))
            return password
        }
    }

    /// Refusals of passwords point at the field of new accounts; here the field is `new_password`.
    static func pointingAtNewPassword(_ make: () throws -> Password) throws -> Password {
        do {
            return try make()
        } catch let refusal as Refusal where refusal.kind == .invalid(pointer: "/password") {
            throw refusal.atNewPassword
        }
    }

    private func isFresh(_ principal: Principal) async throws -> Bool {
        try await sessionStore.isFresh(principal, in: pool)
    }

    private func account(_ id: Int64) async throws -> Account {
        guard let account = try await accountStore.account(id, in: pool) else { throw Refusal.notFound }
        return account
    }
}

/// A new password's hash, and the old one's; `nil` where there was none.
struct PreparedPassword: Sendable {
    let hash: PasswordHash
    let old: PasswordHash?
}

extension Refusal {
    /// The same about the field `new_password`.
    package var atNewPassword: Refusal {
        members.reduce(Refusal(.invalid(pointer: "/new_password"), code)) { $0.with($1.name, $1.value) }
    }
}
