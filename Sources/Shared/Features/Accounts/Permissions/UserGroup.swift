package import Callers

/// People who may do the same: a role, as an usher's.
package struct UserGroup: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let realm: Realm
    /// Of the cinema realm only: the one merchant whose people it is for; `nil` for everybody of the realm.
    package let merchantID: Int64?
    package let name: String
    /// Comes with the program; it can be neither changed nor deleted.
    package let isBuiltIn: Bool
    /// What a new account of the realm is a member of.
    package let isDefault: Bool
    package let permissionIDs: [Int64]
    package let permissionGroupIDs: [Int64]
    /// Raised by every change; the resource's ETag.
    package let version: Int64
}

/// A user group that is to be made.
package struct NewUserGroup: Sendable {
    package let realm: Realm
    package let merchantID: Int64?
    package let name: String
    package let permissionIDs: [Int64]
    package let permissionGroupIDs: [Int64]

    package init(realm: Realm, merchantID: Int64?, name: String, permissionIDs: [Int64], permissionGroupIDs: [Int64]) {
        self.realm = realm
        self.merchantID = merchantID
        self.name = name
        self.permissionIDs = permissionIDs
        self.permissionGroupIDs = permissionGroupIDs
    }
}

extension UserGroup {
    /// Whether an account can be in it.
    func isFor(_ account: Account) -> Bool {
        realm == account.realm && (merchantID == nil || merchantID == account.merchantID)
    }
}
