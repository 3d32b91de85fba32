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
