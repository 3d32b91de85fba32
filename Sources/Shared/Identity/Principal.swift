/// Who asks: an account by one of its sessions, as it was when last looked up.
package struct Principal: Hashable, Sendable {
    package let accountID: Int64
    package let realm: Realm
    /// The merchant that a cinema account acts for; `nil` in the other realms.
    package let merchantID: Int64?
    package let permission: Permission
    package let sessionID: Int64

    package init(accountID: Int64, realm: Realm, merchantID: Int64?, permission: Permission, sessionID: Int64) {
        self.accountID = accountID
        self.realm = realm
        self.merchantID = merchantID
        self.permission = permission
        self.sessionID = sessionID
    }
}
