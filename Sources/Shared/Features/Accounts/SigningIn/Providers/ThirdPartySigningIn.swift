import Database

extension ProviderSignIn {
    /// Two made an account for the same person at once: the slower one looks again.
    private struct Raced: Error {}

    /// Signs somebody in by an account elsewhere; at first sight with a new account of ours.
    ///
    /// - Throws: ``Refusal/linkingNeeded``, ``Refusal/accountDisabled``, ``Refusal/providerSignInInvalid``,
    ///   ``Refusal/providerUnknown``, ``Refusal/providerUnavailable``, ``Refusal/totpRequired``: an account with a second factor is signed in by
    ///   its password.
    package func signIn(_ back: ProviderReturn, address: String) async throws -> SignedIn {
        let person = try await person(back, address: address)
        let token = Token(realm: realm)
        do {
            return try await open()
        } catch is Raced {
            return try await open()
        } catch let refusal as Refusal where [.totpRequired, .linkingNeeded].contains(refusal) {
            try await identity.recordRefusedSignIn(reason: "third_party_" + refusal.code, realm: realm, address: address)
            throw refusal
        }

        func open() async throws -> SignedIn {
            let signedIn: SignedIn? = try await identity.pool.withTransaction { transaction in
                let known = try await store.accountID(issuer: person.iss, subject: person.sub, realm: realm, in: transaction)
                let id: Int64 = if let known { known } else { try await addAccount(for: person, back.provider, address, in: transaction) }
                // Locked, so that no session begins while an administrator disables the account.
                guard let account = try await identity.accountStore.locked(id, in: transaction), !account.isDisabled else { return nil }
                // Whoever has a second factor is asked for it, which another house doesn't do for us.
                guard try await identity.checkSecondFactor(of: account, code: nil, address: address, in: transaction) == .passed else {
                    throw Refusal.totpRequired
                }
                return try await identity.openSession(
                    of: account, token: token, address: address, method: .provider, in: transaction)
            }
            guard let signedIn else {
                try await identity.recordRefusedSignIn(reason: "third_party_disabled", realm: realm, address: address)
                throw Refusal.accountDisabled
            }
            return signedIn
        }
    }

    /// Makes an account for somebody who comes for the first time. Neither phone number nor e-mail address is taken over: they would be
    /// ways in that nobody has proved to us.
    private func addAccount(
        for person: IDToken, _ provider: String, _ address: String, in transaction: PostgresTransaction
    ) async throws -> Int64 {
        if person.emailVerified == true, let email = person.email.flatMap({ try? EmailAddress($0) }),
            try await store.hasAccount(email: email, realm: realm, in: transaction)
        {
            throw Refusal.linkingNeeded
        }
        var added: Int64?
        for username in ProposedUsernames(person.preferredUsername).all where added == nil {
            added = try await store.insertAccount(username: username, realm: realm, in: transaction)
        }
        guard let added else { throw Raced() }
        try await identity.record(
            AuditEntry(
                actorAccountID: nil, action: .accountCreated, subject: "account:\(added)", address: address,
                details: ["realm": realm.rawValue, "permission": String(realm.usualPermission.rawValue), "provider": provider]
            ),
            in: transaction
        )
        let linked = try await store.insert(
            accountID: added, realm: realm, issuer: person.iss, subject: person.sub, provider: provider, in: transaction
        )
        guard linked != nil else { throw Raced() }
        return added
    }
}

/// Names for an account that nobody has picked one for: what the other house calls the person, else with something random behind it.
struct ProposedUsernames: Hashable, Sendable {
    let all: [Username]

    init(_ preferred: String?) {
        let wanted = preferred.flatMap { try? Username($0) }
        let base = wanted.map { String($0.description.prefix(20)) } ?? "guest"
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        let others = (0..<3).compactMap { _ in
            try? Username(base + "_" + String((0..<8).compactMap { _ in alphabet.randomElement() }))
        }
        all = (wanted.map { [$0] } ?? []) + others
    }
}
