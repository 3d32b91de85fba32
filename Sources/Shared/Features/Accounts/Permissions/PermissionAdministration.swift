package import Callers
package import Database

/// Permissions and groups, as administrators keep them. Whoever changes one must hold all that it gives or takes by that.
package struct PermissionAdministration: Sendable {
    private let rules: Permissions
    private let permissionStore = PermissionStore()
    private let permissionGroupStore = PermissionGroupStore()
    private let userGroupStore = UserGroupStore()
    private let grantStore = GrantStore()
    private let accountStore = AccountStore()

    package init(permissions: Permissions) {
        rules = permissions
    }

    /// - Throws: ``Refusal/cursorInvalid``.
    package func permissions(
        resource: String?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<NamedPermission> {
        try await permissionStore.permissions(resource: resource, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func permission(_ id: Int64, in session: some PostgresSession) async throws -> NamedPermission {
        guard let permission = try await permissionStore.permission(id, in: session) else { throw Refusal.notFound }
        return permission
    }

    /// - Throws: ``Refusal/permissionExists``, ``Refusal/grantNotHeld``.
    package func addPermission(
        _ new: NewPermission, by actor: Principal, in transaction: PostgresTransaction
    ) async throws -> NamedPermission {
        try await rules.requireHeld([new.grant], by: actor, in: transaction)
        return try await permissionStore.add(new, in: transaction)
    }

    /// Gives a permission another name. What it allows never changes: another bit is another permission.
    ///
    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/permissionExists``.
    package func renamePermission(
        _ id: Int64, to name: String?, version: Int64?, in transaction: PostgresTransaction
    ) async throws -> NamedPermission {
        let before = try await permission(id, in: transaction)
        guard version == nil || version == before.version else { throw Refusal.stale }
        guard let name, name != before.name else { return before }
        guard let after = try await permissionStore.rename(id, to: name, version: version, in: transaction) else { throw Refusal.stale }
        return after
    }

    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/permissionInUse``.
    package func deletePermission(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws {
        _ = try await permission(id, in: transaction)
        guard try await permissionStore.delete(id, version: version, in: transaction) else { throw Refusal.stale }
    }

    /// - Throws: ``Refusal/cursorInvalid``.
    package func permissionGroups(
        realm: Realm?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<PermissionGroup> {
        try await permissionGroupStore.groups(realm: realm, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func permissionGroup(_ id: Int64, in session: some PostgresSession) async throws -> PermissionGroup {
        guard let group = try await permissionGroupStore.group(id, in: session) else { throw Refusal.notFound }
        return group
    }

    /// - Throws: ``Refusal/groupExists``, ``Refusal/permissionUnknown``, ``Refusal/grantNotHeld``.
    package func addPermissionGroup(
        _ new: NewPermissionGroup, by actor: Principal, in transaction: PostgresTransaction
    ) async throws -> PermissionGroup {
        let ids = Set(new.permissionIDs)
        guard let id = try await permissionGroupStore.add(new, in: transaction) else { throw Refusal.groupExists }
        try await permissionGroupStore.setPermissions(ids, of: id, in: transaction)
        try await rules.requireHeld(grantStore.reached(permissionIDs: ids, in: transaction), by: actor, in: transaction)
        return try await permissionGroup(id, in: transaction)
    }

    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/groupExists``, ``Refusal/permissionUnknown``, ``Refusal/grantNotHeld``.
    package func changePermissionGroup(
        _ id: Int64, _ change: GroupChange, version: Int64?, by actor: Principal, in transaction: PostgresTransaction
    ) async throws -> PermissionGroup {
        guard let before = try await permissionGroupStore.locked(id, in: transaction) else { throw Refusal.notFound }
        guard version == nil || version == before.version else { throw Refusal.stale }
        if let wanted = change.permissionIDs.map(Set.init) {
            // Before it is given: whoever is in the group must hold it without this change.
            let touched = wanted.symmetricDifference(before.permissionIDs)
            try await rules.requireHeld(grantStore.reached(permissionIDs: touched, in: transaction), by: actor, in: transaction)
            try await permissionGroupStore.setPermissions(wanted, of: id, in: transaction)
        }
        try await permissionGroupStore.rows.change(id, name: change.name, in: transaction)
        try await grantStore.notifyReaders(in: transaction)
        return try await permissionGroup(id, in: transaction)
    }

    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/groupInUse``.
    package func deletePermissionGroup(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws {
        guard let before = try await permissionGroupStore.locked(id, in: transaction) else { throw Refusal.notFound }
        guard version == nil || version == before.version else { throw Refusal.stale }
        try await permissionGroupStore.rows.delete(id, in: transaction)
    }

    /// User groups by number.
    ///
    /// - Parameters:
    ///   - realm: `nil` for those of all realms.
    ///   - merchantID: only those that this merchant's people may be in; `nil` for all.
    /// - Throws: ``Refusal/cursorInvalid``.
    package func userGroups(
        realm: Realm?, merchantID: Int64?, page: PageRequest, in session: some PostgresSession
    ) async throws -> Page<UserGroup> {
        try await userGroupStore.groups(realm: realm, merchantID: merchantID, page: page, in: session)
    }

    /// - Throws: ``Refusal/notFound``.
    package func userGroup(_ id: Int64, in session: some PostgresSession) async throws -> UserGroup {
        guard let group = try await userGroupStore.group(id, in: session) else { throw Refusal.notFound }
        return group
    }

    /// - Throws: ``Refusal/groupExists``, ``Refusal/merchantUnknown``, ``Refusal/permissionUnknown``, ``Refusal/permissionGroupUnknown``,
    ///   ``Refusal/grantNotHeld``.
    package func addUserGroup(
        _ new: NewUserGroup, by actor: Principal, in transaction: PostgresTransaction
    ) async throws -> UserGroup {
        guard let id = try await userGroupStore.add(new, in: transaction) else { throw Refusal.groupExists }
        let group = try await userGroup(id, in: transaction)
        try await userGroupStore.setPermissions(Set(new.permissionIDs), of: id, in: transaction)
        try await userGroupStore.setPermissionGroups(Set(new.permissionGroupIDs), of: group, in: transaction)
        try await rules.requireHeld(grantStore.reached(userGroupIDs: [id], in: transaction), by: actor, in: transaction)
        return try await userGroup(id, in: transaction)
    }

    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/groupBuiltIn``, ``Refusal/groupExists``, ``Refusal/permissionUnknown``,
    ///   ``Refusal/permissionGroupUnknown``, ``Refusal/grantNotHeld``.
    package func changeUserGroup(
        _ id: Int64, _ change: GroupChange, version: Int64?, by actor: Principal, in transaction: PostgresTransaction
    ) async throws -> UserGroup {
        let before = try await lockedUserGroup(id, version: version, in: transaction)
        let permissionIDs = change.permissionIDs.map(Set.init)
        let groupIDs = change.permissionGroupIDs.map(Set.init)
        // Both before either is given: whoever is in the group must hold them without this change.
        if let touched = permissionIDs?.symmetricDifference(before.permissionIDs) {
            try await rules.requireHeld(grantStore.reached(permissionIDs: touched, in: transaction), by: actor, in: transaction)
        }
        if let touched = groupIDs?.symmetricDifference(before.permissionGroupIDs) {
            try await rules.requireHeld(grantStore.reached(permissionGroupIDs: touched, in: transaction), by: actor, in: transaction)
        }
        if let permissionIDs { try await userGroupStore.setPermissions(permissionIDs, of: id, in: transaction) }
        if let groupIDs { try await userGroupStore.setPermissionGroups(groupIDs, of: before, in: transaction) }
        try await userGroupStore.rows.change(id, name: change.name, in: transaction)
        try await grantStore.notifyReaders(in: transaction)
        return try await userGroup(id, in: transaction)
    }

    /// - Throws: ``Refusal/notFound``, ``Refusal/stale``, ``Refusal/groupBuiltIn``, ``Refusal/groupInUse``.
    package func deleteUserGroup(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws {
        _ = try await lockedUserGroup(id, version: version, in: transaction)
        try await userGroupStore.rows.delete(id, in: transaction)
    }

    /// Why an account may do what it may.
    ///
    /// - Parameter resource: the one that is asked about; `nil` for all that it has permissions on.
    /// - Throws: ``Refusal/notFound``.
    package func explanation(of accountID: Int64, resource: String?, in session: some PostgresSession) async throws -> PermissionExplanation
    {
        guard let account = try await accountStore.account(accountID, in: session) else { throw Refusal.notFound }
        return PermissionExplanation(
            of: account,
            paths: try await grantStore.paths(of: accountID, resource: resource, in: session),
            resource: resource,
            policy: rules.policy
        )
    }

    private func lockedUserGroup(_ id: Int64, version: Int64?, in transaction: PostgresTransaction) async throws -> UserGroup {
        guard let group = try await userGroupStore.locked(id, in: transaction) else { throw Refusal.notFound }
        guard version == nil || version == group.version else { throw Refusal.stale }
        guard !group.isBuiltIn else { throw Refusal.groupBuiltIn }
        return group
    }
}
