package import Callers
import Database

/// Signs people in by a password, or by a code that was sent to them.
package struct SignIn: Sendable {
    private let pool: PostgresPool
    private let hasher: PasswordHasher
    private let throttle: SignInThrottle
    private let passwords: OwnPassword
    private let codes: OneTimeCodes
    private let secondFactors: SecondFactors
    private let sessions: Sessions
    private let denials: Denials
    private let accountStore = AccountStore()
    private let sessionStore = SessionStore()
    private let auditTrail = AuditTrail()

    init(
        pool: PostgresPool, hasher: PasswordHasher, throttle: SignInThrottle, passwords: OwnPassword, codes: OneTimeCodes,
        secondFactors: SecondFactors, sessions: Sessions, denials: Denials
    ) {
        self.pool = pool
        self.hasher = hasher
        self.throttle = throttle
        self.passwords = passwords
        self.codes = codes
        self.secondFactors = secondFactors
        self.sessions = sessions
        self.denials = denials
    }

    /// Signs somebody in by username, phone number or e-mail address, and password.
    ///
    /// A name that nobody has takes as long and gets the same answer as a wrong password. Wrong tries are counted for the account, under
    /// whichever of its names they were made; for a name that nobody has, in all its spellings together.
    ///
    /// - Parameters:
    ///   - totp: the second factor's code, or a recovery code, where the account has a second factor. With it the owner need not wait
    ///     because of strangers' guesses.
    ///   - device: the token of an earlier session of the account on this device, ended or not. With it the device need not wait because of
    ///     strangers' guesses.
    ///   - newPassword: replaces this password, and ends all other sessions. It is needed where somebody else has set the password, and
    ///     where the password is too short to be enough alone and the account has no second factor any more.
    /// - Throws: ``Refusal/credentialsWrong``, ``Refusal/accountDisabled``, ``Refusal/totpRequired``, ``Refusal/totpWrong`` and
    ///   ``Refusal/newPasswordRequired`` (after the right password only), ``Refusal/signInThrottled(seconds:)``,
    ///   ``Refusal/busy``; the refusals of ``Password`` about the new one, which point at `new_password`,
    ///   ``Refusal/passwordUnchanged``.
    package func signIn(
        login text: String, password: String, newPassword: String? = nil, totp: String? = nil, device: String? = nil, realm: Realm,
        address: String, userAgent: String? = nil
    ) async throws -> SignedIn {
        let login = LoginName(text)
        try throttle.refuse(address: address)
        let found = try await credentials(of: login, realm: realm)
        // A text that can't be anybody's name is counted like a name.
        let counted = found?.account.countedLogin ?? "name:" + realm.rawValue + ":" + (login?.text ?? "")
        let formerSession = try await formerSession(device, of: found?.account)
        let suspicion = try await throttle.begin(login: counted, address: address, device: formerSession, in: pool) { transaction in
            guard let account = found?.account, let totp else { return false }
            return try await secondFactors.matches(accountID: account.id, code: totp, in: transaction)
        }
        do {
            do {
                return try await open(found)
            } catch is PasswordHashChanged {
                // Another sign-in may have hashed the same password anew meanwhile.
                return try await open(try await credentials(of: login, realm: realm))
            }
        } catch {
            let error = error is PasswordHashChanged ? Refusal.credentialsWrong : error
            await takeBackCount(after: error, login: counted, address: address, device: formerSession)
            throw error
        }

        func open(_ found: (account: Account, hash: PasswordHash?)?) async throws -> SignedIn {
            let isRight = try await hasher.verify(
                Password(attempt: password), against: found?.hash, for: address, suspicion: suspicion
            )
            guard isRight, let found else {
                try await denials.recordSignIn(
                    // An unknown name isn't written down: people type passwords into the wrong field.
                    subject: found?.account.auditSubject, reason: found == nil ? "unknown_login" : "wrong_password", realm: realm,
                    address: address
                )
                throw Refusal.credentialsWrong
            }
            let renewed = try await renewed(newPassword, insteadOf: password, of: found.account, address: address)
            let mayStandAlone = renewed != nil || secondFactors.standsAlone(Password(attempt: password), in: realm)
            let signedIn = try await finish(
                found.account, totp: totp, method: .password, userAgent: userAgent,
                takingBack: SignInThrottle.CountedTry(login: counted, address: address, device: formerSession), as: .right
            ) { standing, transaction in
                // The password may have been changed while it was checked; the old one signs nobody in any more.
                guard standing.password.hash == found.hash else { throw PasswordHashChanged() }
                if standing.password.isSetByOther, renewed == nil { return Denied(.newPasswordRequired, "password_set_by_other") }
                if !mayStandAlone, !standing.hasSecondFactor { return Denied(.newPasswordRequired, "password_too_short") }
                if let renewed { try await renewPassword(of: found.account, to: renewed, address: address, in: transaction) }
                return nil
            }
            if renewed == nil, let hash = found.hash, hasher.isOutdated(hash) {
                await rehash(password, of: found.account, insteadOf: hash, address: address)
            }
            return signedIn
        }
    }

    /// The password's hash was replaced while a sign-in looked at it.
    private struct PasswordHashChanged: Error {}

    /// Signs somebody in by a code that was sent to its phone or mailbox. The people of cinemas and of the platform need their second
    /// factor, too.
    ///
    /// - Throws: ``Refusal/signInCodeWrong``, ``Refusal/accountDisabled``, ``Refusal/totpRequired``, ``Refusal/totpWrong``,
    ///   ``Refusal/signInThrottled(seconds:)``, ``Refusal/secretsMissing``.
    package func signIn(
        destination: CodeDestination, code: CodeAttempt, totp: String? = nil, realm: Realm, address: String, userAgent: String? = nil
    ) async throws -> SignedIn {
        // Counted for this request for a code alone: strangers' tries don't affect it, and each request allows five.
        let counted = realm.rawValue + ":code:" + code.request.text
        try await throttle.begin(login: counted, address: address, in: pool)
        do {
            let checked = try await codes.check(code, purpose: .signIn, destination: destination, realm: realm)
            guard let checked, let account = try await accountStore.account(checked.accountID, in: pool) else {
                try await denials.recordSignIn(reason: "wrong_code", realm: realm, address: address)
                throw Refusal.signInCodeWrong
            }
            // The request for this code is over then, so nothing becomes known by it.
            return try await finish(
                account, totp: totp, method: .code, userAgent: userAgent,
                takingBack: SignInThrottle.CountedTry(login: counted, address: address), as: .undecided
            ) { standing, transaction in
                // A code that was sent to a former number of the account signs nobody in any more.
                guard standing.account.hasProved(destination) else { return Denied(.signInCodeWrong, "outdated") }
                // If there is a second factor, it was right; but it may have been turned off since the code was sent.
                if realm.asksForMoreThanCode, !standing.hasSecondFactor { return Denied(.signInCodeWrong, "outdated") }
                guard try await codes.use(checked, in: transaction) else { return Denied(.signInCodeWrong, "outdated") }
                return nil
            }
        } catch {
            await takeBackCount(after: error, login: counted, address: address)
            throw error
        }
    }

    /// Why what was shown signs nobody in.
    private struct Denied: Error {
        let refusal: Refusal
        /// The audit trail's word for it.
        let reason: String

        init(_ refusal: Refusal, _ reason: String) {
            self.refusal = refusal
            self.reason = reason
        }
    }

    /// What a sign-in is compared with, read under the account's lock.
    private struct Standing: Sendable {
        let account: Account
        let password: (hash: PasswordHash?, isSetByOther: Bool)
        let factor: SecondFactorStore.Factor?

        var hasSecondFactor: Bool { factor?.isConfirmed == true }
    }

    /// Locks an account, and reads what its sign-in is compared with.
    private func standing(of accountID: Int64, in transaction: PostgresTransaction) async throws -> Standing? {
        let results = try await transaction.results(of: [
            .keepPlans, AccountStore.locking(accountID), SecondFactorStore.reading(of: accountID),
        ])
        guard let row = results[1].first else { return nil }
        return Standing(
            account: try Account(row: row), password: try AccountStore.password(row),
            factor: try results[2].first.map(SecondFactorStore.Factor.init(row:))
        )
    }

    /// Opens the session of somebody who has shown a password or a code, once the second factor is right, too. It asks the database as few
    /// times as possible: when everybody signs in at once, each round trip takes time from the threads that hash.
    ///
    /// - Parameters:
    ///   - counted: what was counted before, taken back together with the beginning of the session.
    ///   - outcome: what is taken back of it.
    ///   - objection: why what was shown doesn't count, or no longer; asked under the account's lock.
    private func finish(
        _ account: Account, totp: String?, method: SignInMethod, userAgent: String?, takingBack counted: SignInThrottle.CountedTry,
        as outcome: SignInThrottle.Outcome, objection: (Standing, PostgresTransaction) async throws -> Denied?
    ) async throws -> SignedIn {
        let token = Token(realm: account.realm)
        let address = counted.address
        // A refusal commits, too: a wrong second factor stays counted.
        let finished: Result<SignedIn, Denied> = try await pool.withTransaction { transaction in
            // Locked, so that no session begins while an administrator disables the account.
            guard let standing = try await standing(of: account.id, in: transaction), !standing.account.isDisabled else {
                return .failure(Denied(.accountDisabled, "disabled"))
            }
            let current = standing.account
            switch try await secondFactors.check(standing.factor, of: current, code: totp, address: address, in: transaction) {
            case .missing: return .failure(Denied(.totpRequired, "totp_missing"))
            case .wrong: return .failure(Denied(.totpWrong, "wrong_totp"))
            case .closed: return .failure(Denied(.secondFactorClosed, "totp_closed"))
            case .passed: break
            }
            if let denied = try await objection(standing, transaction) { return .failure(denied) }
            let session = sessions.beginning(of: current, token: token, address: address, method: method, userAgent: userAgent)
            let results = try await transaction.commit(after: session + [throttle.takingBack(counted, outcome)])
            return .success(try sessions.begun(of: current, token: token, results))
        }
        switch finished {
        case .failure(let denied):
            try await denials.recordSignIn(subject: account.auditSubject, reason: denied.reason, realm: account.realm, address: address)
            throw denied.refusal
        case .success(let signedIn):
            // The session has begun: a failure here must not take it back.
            try? await throttle.noteTakenBack(counted, outcome, in: pool)
            return signedIn
        }
    }

    /// Takes back what a try was counted for, as far as its error allows. That this fails doesn't matter beside the error.
    private func takeBackCount(after error: any Error, login: String, address: String, device: Int64? = nil) async {
        let outcome: SignInThrottle.Outcome
        switch error as? Refusal {
        case .credentialsWrong, .signInCodeWrong, .totpWrong: return
        case .busy: outcome = .crowdedOut
        // Right as far as it went. Earlier wrong tries stay counted: else one could guess at the second factor for ever.
        default: outcome = .undecided
        }
        try? await throttle.takeBack(login: login, address: address, device: device, outcome, in: pool)
    }

    /// The session of an account whose token a device has kept.
    private func formerSession(_ device: String?, of account: Account?) async throws -> Int64? {
        guard let account, let token = device.flatMap({ Token($0) }), token.realm == account.realm else { return nil }
        return try await sessionStore.session(token, of: account.id, in: pool)
    }

    /// The hash of a password that is to take the place of the one that was right.
    private func renewed(
        _ text: String?, insteadOf old: String, of account: Account, address: String
    ) async throws -> PasswordHash? {
        guard let text else { return nil }
        let password = try await passwords.new(text, for: account)
        guard password.bytes != Password(attempt: old).bytes else { throw Refusal.passwordUnchanged }
        return try await hasher.hash(password, for: address)
    }

    private func renewPassword(
        of account: Account, to hash: PasswordHash, address: String, in transaction: PostgresTransaction
    ) async throws {
        _ = try await accountStore.setPassword(hash, of: account.id, insteadOf: nil, in: transaction)
        try await sessionStore.revokeAll(accountID: account.id, in: transaction)
        try await auditTrail.record(
            AuditEntry(actorAccountID: account.id, action: .passwordChanged, subject: account.auditSubject, address: address),
            in: transaction
        )
    }

    /// Hashes a password anew as new ones are hashed, and stores that unless the password was changed meanwhile. No sign-in fails when this
    /// does.
    private func rehash(_ password: String, of account: Account, insteadOf old: PasswordHash, address: String) async {
        guard let new = try? await hasher.hash(Password(attempt: password), for: address) else { return }
        try? await accountStore.rehashPassword(new, of: account.id, insteadOf: old, in: pool)
    }

    private func credentials(of login: LoginName?, realm: Realm) async throws -> (account: Account, hash: PasswordHash?)? {
        guard let login else { return nil }
        return try await accountStore.credentials(of: login, realm: realm, in: pool)
    }
}
