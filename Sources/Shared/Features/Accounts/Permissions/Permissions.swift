package import Callers
import Database

/// The rules of giving and taking: nobody gives or takes what it doesn't hold, and nobody has power over an administrator who may do more.
package struct Permissions: Sendable {
    package let policy: PermissionPolicy
    private let grantStore = GrantStore()

    package init(policy: PermissionPolicy) {
        self.policy = policy
    }

    /// Makes sure that an actor holds, as it is now, all that it wants to give or take.
    ///
    /// - Throws: ``Refusal/grantNotHeld``.
    func requireHeld(_ wanted: [PermissionGrant], by actor: Principal, in transaction: PostgresTransaction) async throws {
        guard !wanted.isEmpty else { return }
        guard let held = try await grantStore.held(by: actor.accountID, in: transaction) else { throw Refusal.unauthenticated }
        let holdsAll = wanted.allSatisfy { grant in
            policy.allows(grant.bits, holding: policy.effective(held.grants, on: grant.resource, mask: held.mask))
        }
        guard holdsAll else { throw Refusal.grantNotHeld }
    }

    /// Makes sure that an actor holds all that was given to an account.
    ///
    /// - Throws: ``Refusal/grantNotHeld``.
    func requireHeld(allOf accountID: Int64, by actor: Principal, in transaction: PostgresTransaction) async throws {
        try await requireHeld(grantStore.held(by: accountID, in: transaction)?.grants ?? [], by: actor, in: transaction)
    }

    /// Makes sure that an administrator's account is touched only by somebody who may do as much.
    ///
    /// - Throws: ``Refusal/grantNotHeld``.
    func requireNotBelow(_ account: Account, _ actor: Principal, in transaction: PostgresTransaction) async throws {
        guard account.realm == .admin, account.id != actor.accountID else { return }
        try await requireHeld(allOf: account.id, by: actor, in: transaction)
    }

    /// Makes sure that nobody gives by a mask what it doesn't hold, and that an administrator's mask is changed only by those who hold all
    /// that the administrator does.
    ///
    /// - Throws: ``Refusal/grantNotHeld``.
    func requireAbove(
        _ account: Account, becoming mask: Permission, by actor: Principal, in transaction: PostgresTransaction
    ) async throws {
        let grants = try await grantStore.held(by: account.id, in: transaction)?.grants ?? []
        let touched = Set(grants.map(\.resource)).compactMap { resource -> PermissionGrant? in
            let old = policy.effective(grants, on: resource, mask: account.permission)
            let new = policy.effective(grants, on: resource, mask: mask)
            if account.realm == .admin, account.id != actor.accountID { return PermissionGrant(resource: resource, bits: old.union(new)) }
            return policy.allows(new, holding: old) ? nil : PermissionGrant(resource: resource, bits: new)
        }
        try await requireHeld(touched, by: actor, in: transaction)
    }
}

/// Those who may do everything in a realm: among a merchant's people, and among the platform's, somebody must remain who may.
struct Owners: Sendable {
    let principals: Principals
    private let store = UserGroupStore()

    init(principals: Principals) {
        self.principals = principals
    }

    /// Makes the changes of a realm's accounts wait for each other, so that its owners can't disable each other at the same moment. Looks
    /// at the actor again, who may have been disabled while it waited, or have lost what it needs. To be locked before any account.
    ///
    /// - Throws: ``Refusal/unauthenticated``, ``Refusal/accountRestricted``, ``Refusal/scopeChanged``.
    func lock(_ realm: Realm, for actor: Principal, needs need: PermissionGrant?, in transaction: PostgresTransaction) async throws {
        try await store.lockDefault(of: realm, in: transaction)
        try await principals.recheck(actor, needs: need?.bits ?? [], of: need?.resource ?? "", in: transaction)
    }

    /// Makes a change after which somebody must still be able to do everything, if anybody could before.
    ///
    /// - Parameter merchantID: whose account that has to be, in the cinema realm.
    /// - Throws: ``Refusal/lastOwner``, and what `change` throws.
    func keepingOne<Result>(
        of realm: Realm, merchantID: Int64?, in transaction: PostgresTransaction, _ change: () async throws -> Result
    ) async throws -> Result {
        let hadOwner = try await store.hasOwner(realm: realm, merchantID: merchantID, in: transaction)
        let result = try await change()
        if hadOwner, try await !store.hasOwner(realm: realm, merchantID: merchantID, in: transaction) { throw Refusal.lastOwner }
        return result
    }
}
