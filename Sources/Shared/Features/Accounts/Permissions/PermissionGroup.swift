package import Callers

/// A permission as it is kept: what it allows, under a name.
package struct NamedPermission: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let name: String
    package let grant: PermissionGrant
    /// Raised by every change; the resource's ETag.
    package let version: Int64
}

/// A permission that is to be made.
package struct NewPermission: Sendable {
    package let name: String
    package let grant: PermissionGrant

    /// - Throws: ``Refusal/permissionInvalid``.
    package init(name: String, resource: String, bits: Int) throws {
        guard (1...Permission.everything.rawValue).contains(bits) else { throw Refusal.permissionInvalid }
        self.name = name
        grant = PermissionGrant(resource: resource, bits: Permission(rawValue: bits))
    }
}

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
