/// Permissions that are given together.
package struct PermissionGroup: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let realm: Realm
    package let name: String
    package let permissionIDs: [Int64]
    /// Raised by every change; the resource's ETag.
    package let version: Int64
}

/// A permission group that is to be made.
package struct NewPermissionGroup: Sendable {
    package let realm: Realm
    package let name: String
    package let permissionIDs: [Int64]

    package init(realm: Realm, name: String, permissionIDs: [Int64]) {
        self.realm = realm
        self.name = name
        self.permissionIDs = permissionIDs
    }
}

/// What changes about a group; `nil` leaves a thing as it is. A permission group has no groups in it.
package struct GroupChange: Sendable {
    package let name: String?
    package let permissionIDs: [Int64]?
    package let permissionGroupIDs: [Int64]?

    package init(name: String? = nil, permissionIDs: [Int64]? = nil, permissionGroupIDs: [Int64]? = nil) {
        self.name = name
        self.permissionIDs = permissionIDs
        self.permissionGroupIDs = permissionGroupIDs
    }
}
