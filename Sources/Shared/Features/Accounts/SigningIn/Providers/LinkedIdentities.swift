package import Callers
package import Database

package import struct Foundation.Date

/// The accounts at identity providers that sign the caller in: listing, linking and unlinking them.
package struct LinkedIdentities: Sendable {
    private let pool: PostgresPool
    private let ownPassword: OwnPassword
    private let signIn: ProviderSignIn
    private let realm: Realm
    private let store = LinkedIdentityStore()
    private let accountStore = AccountStore()
    private let auditTrail = AuditTrail()

    package init(pool: PostgresPool, ownPassword: OwnPassword, signIn: ProviderSignIn, realm: Realm) {
        self.pool = pool
        self.ownPassword = ownPassword
        self.signIn = signIn
        self.realm = realm
    }

    /// The linked accounts of the caller, by number.
    ///
    /// - Throws: ``Refusal/cursorInvalid``.
    package func identities(of principal: Principal, page: PageRequest) async throws -> Page<LinkedIdentity> {
        try await store.identities(accountID: principal.accountID, page: page, in: pool)
    }

    /// Links a provider's account to the caller's, once the caller is shown to be at hand and who it is at the provider.
    ///
    /// - Parameters:
    ///   - password: not needed in the first five minutes of a session.
    ///   - write: carries out, in a transaction, what it is given.
    /// - Throws: ``Refusal/confirmationNeeded``, ``Refusal/passwordWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/busy``,
    ///   ``Refusal/providerSignInInvalid``, ``Refusal/providerUnknown``, ``Refusal/providerUnavailable``, ``Refusal/identityTaken``.
    package func link(
        _ back: ProviderReturn, password: String?, to principal: Principal, address: String,
        write: ((PostgresTransaction) async throws -> LinkedIdentity) async throws -> LinkedIdentity
    ) async throws -> LinkedIdentity {
        try await ownPassword.requireAtHand(principal, password: password, address: address)
        let person = try await signIn.person(back, address: address)
        return try await write { transaction in
            let linked = try await store.insert(
                accountID: principal.accountID, realm: realm, issuer: person.iss, subject: person.sub, provider: back.provider,
                in: transaction
            )
            guard let linked else { throw Refusal.identityTaken }
            try await record(.identityLinked, linked, by: principal, address: address, in: transaction)
            return linked
        }
    }

    /// Takes a link away, unless nothing else would sign the caller in. The caller must be at hand: a stolen session must not take away its
    /// owner's way in.
    ///
    /// - Parameters:
    ///   - password: not needed in the first five minutes of a session.
    ///   - write: carries out, in a transaction, what it is given.
    /// - Throws: ``Refusal/confirmationNeeded``, ``Refusal/passwordWrong``, ``Refusal/signInThrottled(seconds:)``, ``Refusal/busy``,
    ///   ``Refusal/notFound``, ``Refusal/lastWayIn``.
    package func unlink(
        _ id: Int64, of principal: Principal, password: String?, address: String,
        write: ((PostgresTransaction) async throws -> Void) async throws -> Void
    ) async throws {
        try await ownPassword.requireAtHand(principal, password: password, address: address)
        try await write { try await unlink(id, of: principal, address: address, in: $0) }
    }

    private func unlink(_ id: Int64, of principal: Principal, address: String, in transaction: PostgresTransaction) async throws {
        // Locked, so that two that are taken away at once don't each count on the other.
        guard try await accountStore.locked(principal.accountID, in: transaction) != nil else { throw Refusal.notFound }
        guard let unlinked = try await store.delete(id, accountID: principal.accountID, in: transaction) else { throw Refusal.notFound }
        let hasWayIn = try await store.hasWayIn(accountID: principal.accountID, issuers: signIn.providers.map(\.issuer), in: transaction)
        guard hasWayIn else { throw Refusal.lastWayIn }
        try await record(.identityUnlinked, unlinked, by: principal, address: address, in: transaction)
    }

    private func record(
        _ action: AuditAction, _ linked: LinkedIdentity, by principal: Principal, address: String, in transaction: PostgresTransaction
    ) async throws {
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: principal.accountID, action: action, subject: "account:\(linked.accountID)", address: address,
                details: ["provider": linked.provider, "identity": String(linked.id)]
            ),
            in: transaction
        )
    }
}

/// An account at a provider that signs in one of ours.
package struct LinkedIdentity: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let accountID: Int64
    package let provider: String
    package let createdAt: Date
}
