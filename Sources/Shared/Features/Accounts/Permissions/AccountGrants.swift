import Callers

/// An account with all that was given to it: permissions, groups, and the cinemas that it is limited to.
package struct AccountGrants: Sendable {
    package let account: Account
    package let permissionIDs: [Int64]
    package let permissionGroupIDs: [Int64]
    package let userGroupIDs: [Int64]
    /// None of them means all of the merchant's.
    package let cinemaIDs: [Int64]
}

/// What changes about an account's grants; `nil` leaves a thing as it is, a list replaces the one before.
package struct AccountGrantsChange: Sendable {
    package let permissionIDs: [Int64]?
    package let permissionGroupIDs: [Int64]?
    package let userGroupIDs: [Int64]?
    package let cinemaIDs: [Int64]?
    package let disabled: Bool?

    package init(
        permissionIDs: [Int64]? = nil, permissionGroupIDs: [Int64]? = nil, userGroupIDs: [Int64]? = nil, cinemaIDs: [Int64]? = nil,
        disabled: Bool? = nil
    ) {
        self.permissionIDs = permissionIDs
        self.permissionGroupIDs = permissionGroupIDs
        self.userGroupIDs = userGroupIDs
        self.cinemaIDs = cinemaIDs
        self.disabled = disabled
    }
}

extension AccountGrants {
    /// Whether somebody with this scope may see the account: the account is of the scope's merchant, and works for some of the scope's
    /// cinemas and for no others.
    func isInside(_ scope: MerchantScope) -> Bool {
        guard !scope.isEverybody else { return true }
        guard account.realm == .cinema, account.merchantID == scope.merchantID else { return false }
        guard let own = scope.cinemaIDs else { return true }
        return !cinemaIDs.isEmpty && Set(cinemaIDs).isSubset(of: own)
    }

    /// What the audit trail says about a change, by kind of grant.
    func differences(to after: AccountGrants) -> [String: String] {
        var details: [String: String] = [:]
        func note(_ name: String, _ path: KeyPath<AccountGrants, [Int64]>) {
            let (old, new) = (self[keyPath: path], after[keyPath: path])
            guard old != new else { return }
            details[name] = "\(old.map(String.init).joined(separator: ",")) -> \(new.map(String.init).joined(separator: ","))"
        }
        note("permissions", \.permissionIDs)
        note("permission_groups", \.permissionGroupIDs)
        note("user_groups", \.userGroupIDs)
        note("cinemas", \.cinemaIDs)
        return details
    }
}
