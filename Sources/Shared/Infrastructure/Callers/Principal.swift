/// The caller: an account with one of its sessions, as it was when it was last looked up.
package struct Principal: Hashable, Sendable {
    package let accountID: Int64
    package let realm: Realm
    /// The merchant that a cinema account acts for; `nil` in the other realms.
    package let merchantID: Int64?
    /// The cinemas of its merchant that it is limited to; `nil` for all.
    package let cinemaIDs: [Int64]?
    /// The account's own field, which masks all its grants.
    package let permission: Permission
    /// All grants of the account, directly or through groups.
    package let grants: [PermissionGrant]
    /// Whether the account has a second factor. It isn't read for moviegoers.
    package let hasSecondFactor: Bool
    package let sessionID: Int64

    package init(
        accountID: Int64, realm: Realm, merchantID: Int64?, cinemaIDs: [Int64]? = nil, permission: Permission,
        grants: [PermissionGrant] = [], hasSecondFactor: Bool = false, sessionID: Int64
    ) {
        self.accountID = accountID
        self.realm = realm
        self.merchantID = merchantID
        self.cinemaIDs = cinemaIDs
        self.permission = permission
        self.grants = grants
        self.hasSecondFactor = hasSecondFactor
        self.sessionID = sessionID
    }

    /// The things that it manages: its merchant's, or only those of its own cinemas. The platform's people manage everybody's things.
    ///
    /// - Throws: ``Refusal/notFound`` for all others, because they manage nothing of a merchant.
    package var scope: MerchantScope {
        get throws {
            if realm == .admin { return .everybody }
            guard let merchantID else { throw Refusal.notFound }
            return .merchant(merchantID, cinemaIDs: cinemaIDs)
        }
    }
}
