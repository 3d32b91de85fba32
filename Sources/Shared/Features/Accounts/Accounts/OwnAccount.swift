package import Database

/// What people change about themselves.
extension Identity {
    /// Whether a password is the caller's own. Wrong ones are counted as at a sign-in: a token that was stolen is no way to guess.
    ///
    /// - Returns: the hash that it was checked against, to be handed to what changes it.
    /// - Throws: ``Refusal/passwordWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/tooManySignIns``.
    @discardableResult
    package func checkOwnPassword(_ password: String, of principal: Principal, address: String) async throws -> PasswordHash {
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
            try await recordOwnRefusal(.passwordRefused, principal, address: address)
            throw Refusal.passwordWrong
        }
        try await throttle.takeBack(login: counted, address: address, .right, in: pool)
        return hash
    }

    /// What a change of names needs besides a session: the password, or for the username of an account that has none a session that has just
    /// begun; and for a phone number or e-mail address a code that was sent to the new one, unless it is only taken away. The one that is there is
    /// verified in the same way: from then on codes that open the account go there, which a session alone must not bring about (ASVS 5.0 7.5.1).
    ///
    /// - Returns: the code, right and not used up yet, to be handed to ``changeProfile(of:_:using:address:in:)``.
    /// - Throws: ``Refusal/oneChangeAtATime``, ``Refusal/passwordMissing``, ``Refusal/passwordWrong``, ``Refusal/confirmationNeeded``,
    ///   ``Refusal/codeMissing``, ``Refusal/codeWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/secretsMissing``.
    package func prove(
        _ change: ProfileChange, by proof: ChangeProof, of principal: Principal, address: String
    ) async throws -> ProvenChange {
        let account = try await account(principal.accountID, in: pool)
        let destinations = change.destinations(for: account, hasCode: proof.code != nil)
        // What is there already needs no proof.
        guard !destinations.isEmpty || change.clears(account) || change.renames(account) else {
            return ProvenChange(change: change)
        }
        guard let password = proof.password else {
            let isOnlyName = destinations.isEmpty && !change.clears(account)
            guard isOnlyName, try await accountStore.passwordHash(of: account.id, in: pool) == nil else { throw Refusal.passwordMissing }
            guard try await isFresh(principal) else { throw Refusal.confirmationNeeded }
            return ProvenChange(change: change, isFresh: true)
        }
        guard destinations.count <= 1 else { throw Refusal.oneChangeAtATime }
        if !destinations.isEmpty, proof.code == nil { throw Refusal.codeMissing }
        try await checkOwnPassword(password, of: principal, address: address)
        guard let destination = destinations.first, let code = proof.code else {
            return ProvenChange(change: change, hasPassword: true)
        }
        let checked = try await checkCode(code, purpose: destination.changePurpose, destination: destination, realm: principal.realm)
        guard let checked, checked.accountID == principal.accountID else {
            try await recordOwnRefusal(.codeRefused, principal, address: address)
            throw Refusal.codeWrong
        }
        return ProvenChange(change: change, hasPassword: true, proof: (destination, checked))
    }

    /// Changes the names under which the caller signs in, and notes which it has proved.
    ///
    /// What needs a proof is looked at again under the account's lock: what it has may have changed since the proof.
    ///
    /// - Throws: ``Refusal/contactsChanged``, ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``, ``Refusal/codeWrong``.
    package func changeProfile(
        of principal: Principal, _ proven: ProvenChange, address: String?, in transaction: PostgresTransaction
    ) async throws -> Account {
        if let (destination, code) = proven.proof {
            // Locks the caller's account too, in the order of the accounts' ids.
            try await takeOver(destination, for: principal, address: address, in: transaction)
            guard try await use(code, in: transaction) else { throw Refusal.codeWrong }
        }
        guard let before = try await accountStore.locked(principal.accountID, in: transaction) else { throw Refusal.notFound }
        guard proven.suffices(for: before) else { throw Refusal.contactsChanged }
        let change = proven.change.from(before, proving: proven.proof?.destination)
        let updated = try await accountStore.update(principal.accountID, change, proved: proven.proof?.destination, in: transaction)
        guard let account = updated else { throw Refusal.notFound }
        let changed = [
            change.username.map { _ in "username" }, change.phone.map { _ in "phone" }, change.email.map { _ in "email" },
        ].compactMap(\.self)
        try await auditStore.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: .accountChanged, subject: account.auditSubject, address: address,
                details: ["fields": changed.joined(separator: ",")]
            ),
            in: transaction
        )
        if let (destination, _) = proven.proof {
            try await auditStore.record(
                AuditEntry(
                    actorAccountID: principal.accountID, action: .contactVerified, subject: account.auditSubject, address: address,
                    details: ["field": destination.field]
                ),
                in: transaction
            )
        }
        return account
    }

    /// Takes a phone number or e-mail address away from another account of the realm that has it and has never proved it: who signs up with
    /// somebody else's must not keep its owner from it.
    ///
    /// - Throws: ``Refusal/phoneTaken``, ``Refusal/emailTaken`` when the other one has proved it, too.
    private func takeOver(
        _ destination: CodeDestination, for principal: Principal, address: String?, in transaction: PostgresTransaction
    ) async throws {
        let accounts = try await contactStore.locked(
            principal.accountID, andHolderOf: destination, realm: principal.realm, in: transaction
        )
        for holder in accounts where holder.id != principal.accountID {
            guard !holder.hasProved(destination) else { throw destination.taken }
            try await contactStore.release(destination, of: holder.id, in: transaction)
            try await auditStore.record(
                AuditEntry(
                    actorAccountID: principal.accountID, action: .contactTakenOver, subject: holder.auditSubject, address: address,
                    details: ["field": destination.field]
                ),
                in: transaction
            )
        }
    }

    /// Makes the hash of a new password of the caller, once the old one was right.
    ///
    /// An account that another house's account made has none. It sets its first one in the first minutes of a session that began with a proof
    /// of who is there: else whoever finds an open session, or steals its token, would make itself a way in that outlives the session
    /// (ASVS 5.0 7.5.1 asks for the like before such changes). Where it has a verified phone number or mailbox, somebody could take it over at the
    /// other house alone; so there the first password comes by a code, as a lost one does.
    ///
    /// - Parameter old: `nil` where the account has none.
    /// - Throws: what ``checkOwnPassword(_:of:address:)`` does; ``Refusal/passwordMissing``; ``Refusal/confirmationNeeded`` and
    ///   ``Refusal/passwordSetByCode`` for a first password; the refusals of ``Password``, which point at `new_password`.
    package func prepareNewPassword(
        _ new: String, old: String?, of principal: Principal, address: String
    ) async throws -> PreparedPassword {
        let account = try await account(principal.accountID, in: pool)
        let password = try await newPassword(new, for: account)
        if let old {
            let hash = try await checkOwnPassword(old, of: principal, address: address)
            return PreparedPassword(hash: try await hasher.hash(password, for: address), old: hash)
        }
        guard try await accountStore.passwordHash(of: account.id, in: pool) == nil else { throw Refusal.passwordMissing }
        guard account.phoneVerifiedAt == nil, account.emailVerifiedAt == nil else { throw Refusal.passwordSetByCode }
        guard try await isFresh(principal) else { throw Refusal.confirmationNeeded }
        return PreparedPassword(hash: try await hasher.hash(password, for: address), old: nil)
    }

    /// Makes sure that the caller is at hand: by its password, or by a session that has just begun.
    ///
    /// - Throws: ``Refusal/confirmationNeeded``, ``Refusal/passwordWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/tooManySignIns``.
    package func requireAtHand(_ principal: Principal, password: String?, address: String) async throws {
        if let password {
            try await checkOwnPassword(password, of: principal, address: address)
        } else {
            guard try await isFresh(principal) else { throw Refusal.confirmationNeeded }
        }
    }

    /// Whether the caller's session has begun in the last five minutes, by a proof of who it is.
    func isFresh(_ principal: Principal) async throws -> Bool {
        try await sessionStore.isFresh(principal.sessionID, within: .seconds(300), in: pool)
    }

    /// Changes the caller's password, and ends its other sessions. To be followed by ``forget(accountID:)`` after the commit.
    ///
    /// - Throws: ``Refusal/passwordWrong`` when it was changed meanwhile.
    package func changePassword(
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
        try await recordOwn(.passwordChanged, principal, address: address, in: transaction)
    }

    /// Sets a new password by a code that was sent to the account's phone or mailbox, and ends all sessions. A second factor stays.
    ///
    /// - Throws: ``Refusal/codeWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/secretsMissing``; the refusals of ``Password``,
    ///   which point at `new_password`.
    package func resetPassword(
        at destination: CodeDestination, code: CodeAttempt, to new: String, realm: Realm, address: String
    ) async throws {
        // Against this request alone: a stranger's tries are none of its business, and each request endures five.
        let counted = realm.rawValue + ":reset:" + code.request.text
        // Before the code is tried: whoever picks a bad password may try again with the same one. What depends on the account comes after.
        _ = try pointingAtNewPassword { try Password(new: new) }
        try await throttle.begin(login: counted, address: address, in: pool)
        do {
            let checked = try await checkCode(code, purpose: .resetPassword, destination: destination, realm: realm)
            guard let checked, let account = try await accountStore.account(checked.accountID, in: pool), !account.isDisabled else {
                try await recordRefusal(
                    AuditEntry(actorAccountID: nil, action: .codeRefused, subject: "sign_in:" + realm.rawValue, address: address)
                )
                throw Refusal.codeWrong
            }
            let hash = try await hasher.hash(try await newPassword(new, for: account), for: address)
            try await pool.withTransaction { transaction in
                guard
                    let current = try await accountStore.locked(account.id, in: transaction), !current.isDisabled,
                    current.hasProved(destination)
                else { throw Refusal.codeWrong }
                guard try await use(checked, in: transaction) else { throw Refusal.codeWrong }
                _ = try await accountStore.setPassword(hash, of: account.id, insteadOf: nil, in: transaction)
                try await sessionStore.revokeAll(accountID: account.id, in: transaction)
                try await auditStore.record(
                    AuditEntry(actorAccountID: account.id, action: .passwordReset, subject: account.auditSubject, address: address),
                    in: transaction
                )
            }
            try await throttle.takeBack(login: counted, address: address, .undecided, in: pool)
            forget(accountID: account.id)
        } catch {
            if error as? Refusal != .codeWrong { try await throttle.takeBack(login: counted, address: address, .undecided, in: pool) }
            throw error
        }
    }

    /// A password that an account may have.
    func newPassword(_ text: String, for account: Account) async throws -> Password {
        let hasSecondFactor = try await secondFactor(of: account.id, in: pool).isOn
        return try pointingAtNewPassword {
            let password = try Password(new: text, names: [account.username, account.phone, account.email].compactMap(\.self))
            try password.requireLength(settings.passwordMinimum(in: account.realm, hasSecondFactor: hasSecondFactor))
            return password
        }
    }

    /// The refusals of passwords name the field that new accounts have; here it has another name.
    private func pointingAtNewPassword(_ make: () throws -> Password) throws -> Password {
        do {
            return try make()
        } catch let refusal as Refusal where refusal.kind == .invalid(pointer: "/password") {
            throw refusal.atNewPassword
        }
    }

    private func recordOwnRefusal(_ action: AuditAction, _ principal: Principal, address: String) async throws {
        try await recordRefusal(
            AuditEntry(
                actorAccountID: principal.accountID, action: action, subject: "account:\(principal.accountID)", address: address
            )
        )
    }

    /// Writes down what the caller did to its own account.
    func recordOwn(
        _ action: AuditAction, _ principal: Principal, address: String?, in session: some PostgresSession
    ) async throws {
        try await auditStore.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: action, subject: "account:\(principal.accountID)", address: address
            ),
            in: session
        )
    }
}

/// A change of names, and by what it was shown to be its account's own wish.
package struct ProvenChange: Sendable {
    /// As it was wished.
    let change: ProfileChange
    /// Whether the password was shown.
    var hasPassword = false
    /// Whether there is no password to be shown, and the session had just begun.
    var isFresh = false
    /// What it proves, and the code that was sent there.
    var proof: (destination: CodeDestination, code: CheckedCode)?

    /// Whether that is enough for what the account has now.
    func suffices(for account: Account) -> Bool {
        let needed = change.destinations(for: account, hasCode: false)
        guard !needed.isEmpty || change.clears(account) else { return !change.renames(account) || hasPassword || isFresh }
        return hasPassword && needed.allSatisfy { $0 == proof?.destination }
    }
}

/// A new password's hash, and the old one's; `nil` where there was none.
package struct PreparedPassword: Sendable {
    let hash: PasswordHash
    let old: PasswordHash?
}

extension Refusal {
    /// The same about the field `new_password`.
    package var atNewPassword: Refusal {
        Refusal(.invalid(pointer: "/new_password"), code, detail)
    }
}
