package import Callers
package import Database

/// The names under which people sign in, as they change their own.
package struct OwnAccount: Sendable {
    private let pool: PostgresPool
    private let password: OwnPassword
    private let codes: OneTimeCodes
    private let denials: Denials
    private let accountStore = AccountStore()
    private let contactStore = ContactStore()
    private let sessionStore = SessionStore()
    private let auditTrail = AuditTrail()

    init(pool: PostgresPool, password: OwnPassword, codes: OneTimeCodes, denials: Denials) {
        self.pool = pool
        self.password = password
        self.codes = codes
        self.denials = denials
    }

    /// - Throws: ``Refusal/notFound`` for an account that was deleted meanwhile.
    package func account(_ id: Int64) async throws -> Account {
        guard let account = try await accountStore.account(id, in: pool) else { throw Refusal.notFound }
        return account
    }

    /// Changes the names under which the caller signs in, once it has proved that this is its own wish.
    ///
    /// - Parameter write: carries out, in a transaction, what it is given.
    /// - Throws: what ``prove(_:by:of:address:)`` and ``changeProfile(of:_:address:in:)`` throw.
    package func change(
        _ change: ProfileChange, by proof: ChangeProof, of principal: Principal, address: String,
        write: ((PostgresTransaction) async throws -> Account) async throws -> Account
    ) async throws -> Account {
        let proven = try await prove(change, by: proof, of: principal, address: address)
        return try await write { try await changeProfile(of: principal, proven, address: address, in: $0) }
    }

    /// Makes sure that a change of names is the owner's own wish. It needs the password; an account without one may change its username in
    /// a session that has just begun. A new phone number or e-mail address also needs a code that was sent there, and so does verifying the
    /// one that is there: codes that open the account go there afterwards, which a session alone must not bring about (ASVS 5.0 7.5.1).
    ///
    /// - Returns: what was proved, with the code not used up yet; to be handed to ``changeProfile(of:_:address:in:)``.
    /// - Throws: ``Refusal/oneChangeAtATime``, ``Refusal/passwordMissing``, ``Refusal/passwordWrong``, ``Refusal/confirmationNeeded``,
    ///   ``Refusal/codeMissing``, ``Refusal/codeWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/secretsMissing``.
    func prove(
        _ change: ProfileChange, by proof: ChangeProof, of principal: Principal, address: String
    ) async throws -> ProvenChange {
        let account = try await account(principal.accountID)
        let destinations = change.destinations(for: account, hasCode: proof.code != nil)
        // What the account has already needs no proof.
        guard !destinations.isEmpty || change.clears(account) || change.renames(account) else {
            return ProvenChange(change: change)
        }
        guard let typed = proof.password else {
            let isOnlyName = destinations.isEmpty && !change.clears(account)
            guard isOnlyName, try await accountStore.passwordHash(of: account.id, in: pool) == nil else { throw Refusal.passwordMissing }
            guard try await sessionStore.isFresh(principal, in: pool) else { throw Refusal.confirmationNeeded }
            return ProvenChange(change: change, isFresh: true)
        }
        guard destinations.count <= 1 else { throw Refusal.oneChangeAtATime }
        if !destinations.isEmpty, proof.code == nil { throw Refusal.codeMissing }
        try await password.check(typed, of: principal, address: address)
        guard let destination = destinations.first, let code = proof.code else {
            return ProvenChange(change: change, hasPassword: true)
        }
        let checked = try await codes.check(code, purpose: destination.changePurpose, destination: destination, realm: principal.realm)
        guard let checked, checked.accountID == principal.accountID else {
            try await denials.record(.own(.codeRefused, principal, address: address))
            throw Refusal.codeWrong
        }
        return ProvenChange(change: change, hasPassword: true, proof: (destination, checked))
    }

    /// Changes the names under which the caller signs in, and notes which it has proved.
    ///
    /// Whether the proof is enough is looked at again under the account's lock: the account may have changed since.
    ///
    /// - Throws: ``Refusal/contactsChanged``, ``Refusal/usernameTaken``, ``Refusal/phoneTaken``, ``Refusal/emailTaken``,
    ///   ``Refusal/codeWrong``.
    func changeProfile(
        of principal: Principal, _ proven: ProvenChange, address: String?, in transaction: PostgresTransaction
    ) async throws -> Account {
        if let (destination, code) = proven.proof {
            // Locks the caller's account too, in the order of the accounts' ids.
            try await takeOver(destination, for: principal, address: address, in: transaction)
            guard try await codes.use(code, in: transaction) else { throw Refusal.codeWrong }
        }
        guard let before = try await accountStore.locked(principal.accountID, in: transaction) else { throw Refusal.notFound }
        guard proven.suffices(for: before) else { throw Refusal.contactsChanged }
        let change = proven.change.from(before, proving: proven.proof?.destination)
        let updated = try await accountStore.update(principal.accountID, change, proved: proven.proof?.destination, in: transaction)
        guard let account = updated else { throw Defect.lockedRowGone(from: "accounts") }
        let changed = [
            change.username.map { _ in "username" }, change.phone.map { _ in "phone" }, change.email.map { _ in "email" },
        ].compactMap(\.self)
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: .accountChanged, subject: account.auditSubject, address: address,
                details: ["fields": changed.joined(separator: ",")]
            ),
            in: transaction
        )
        if let (destination, _) = proven.proof {
            try await auditTrail.record(
                AuditEntry(
                    actorAccountID: principal.accountID, action: .contactVerified, subject: account.auditSubject, address: address,
                    details: ["field": destination.field]
                ),
                in: transaction
            )
        }
        return account
    }

    /// Takes a phone number or e-mail address away from another account of the realm that has it without a proof: who signs up with
    /// somebody else's must not keep the owner out.
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
            try await auditTrail.record(
                AuditEntry(
                    actorAccountID: principal.accountID, action: .contactTakenOver, subject: holder.auditSubject, address: address,
                    details: ["field": destination.field]
                ),
                in: transaction
            )
        }
    }

}

/// A change of names, and what has proved that the account's owner wants it.
package struct ProvenChange: Sendable {
    /// As the owner sent it.
    let change: ProfileChange
    /// Whether the password was shown.
    var hasPassword = false
    /// Whether the account has no password, and the session had just begun.
    var isFresh = false
    /// The number or mailbox that was proved, and the code that was sent there.
    var proof: (destination: CodeDestination, code: CheckedCode)?

    /// Whether that is enough, given what the account has now.
    func suffices(for account: Account) -> Bool {
        let needed = change.destinations(for: account, hasCode: false)
        guard !needed.isEmpty || change.clears(account) else { return !change.renames(account) || hasPassword || isFresh }
        return hasPassword && needed.allSatisfy { $0 == proof?.destination }
    }
}
