/// Who asks: an account by one of its sessions, as it was when last looked up.
package struct Principal: Hashable, Sendable {
    package let accountID: Int64
    package let realm: Realm
    /// The merchant that a cinema account acts for; `nil` in the other realms.
    package let merchantID: Int64?
    /// The cinemas of its merchant that it is limited to; `nil` for all.
    package let cinemaIDs: [Int64]?
    /// The account's own field, which masks all that is granted.
    package let permission: Permission
    /// All that reaches the account.
    package let grants: [PermissionGrant]
    /// Whether its account has a second factor; moviegoers' isn't looked at.
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

    /// Whose things it manages: its merchant's, or those of its own cinemas only; the platform's people manage everybody's.
    ///
    /// - Throws: ``Refusal/notFound`` for anybody else: nobody but these manages anything of a merchant.
    package var scope: MerchantScope {
        get throws {
            if realm == .admin { return .everybody }
            guard let merchantID else { throw Refusal.notFound }
            return .merchant(merchantID, cinemaIDs: cinemaIDs)
        }
    }
}
