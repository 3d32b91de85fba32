package import Callers

/// One way by which a permission reaches an account: directly, by a permission group, by a user group, or by a permission group of a user
/// group.
package struct PermissionPath: Hashable, Sendable {
    package let grant: PermissionGrant
    package let permissionID: Int64
    package let permissionName: String
    package let permissionGroupID: Int64?
    package let permissionGroupName: String?
    package let userGroupID: Int64?
    package let userGroupName: String?

    package init(
        grant: PermissionGrant, permissionID: Int64, permissionName: String = "", permissionGroupID: Int64? = nil,
        permissionGroupName: String? = nil, userGroupID: Int64? = nil, userGroupName: String? = nil
    ) {
        self.grant = grant
        self.permissionID = permissionID
        self.permissionName = permissionName
        self.permissionGroupID = permissionGroupID
        self.permissionGroupName = permissionGroupName
        self.userGroupID = userGroupID
        self.userGroupName = userGroupName
    }
}

/// Why an account may do what it may: each bit on each resource, with the ways by which it came and what the account's own field leaves of
/// it.
package struct PermissionExplanation: Hashable, Sendable {
    package struct OfBit: Hashable, Sendable {
        package let bit: Permission
        /// Whether the mask leaves it.
        package let isEffective: Bool
        package let paths: [PermissionPath]
    }

    package struct OfResource: Hashable, Sendable {
        package let resource: String
        /// All that reaches the account.
        package let granted: Permission
        /// What the mask leaves of it.
        package let effective: Permission
        package let bits: [OfBit]
    }

    package let account: Account
    package let resources: [OfResource]

    /// - Parameter resource: the one that is asked about; `nil` for all that a path names.
    init(of account: Account, paths: [PermissionPath], resource: String?, policy: PermissionPolicy) {
        self.account = account
        let names = resource.map { [$0] } ?? Set(paths.map(\.grant.resource)).sorted()
        resources = names.map { name in
            let reaching = paths.filter { $0.grant.resource == name || $0.grant.resource == PermissionGrant.everyResource }
            let effective = policy.effective(reaching.lazy.map(\.grant), on: name, mask: account.permission)
            let bits: [Permission] = [.read, .write, .modify, .delete]
            return OfResource(
                resource: name,
                granted: policy.united(reaching.lazy.map(\.grant), on: name),
                effective: effective,
                bits: bits.compactMap { bit in
                    let ways = reaching.filter { policy.allows(bit, holding: $0.grant.bits) }
                    guard !ways.isEmpty else { return nil }
                    return OfBit(bit: bit, isEffective: policy.allows(bit, holding: effective), paths: ways)
                }
            )
        }
    }
}
