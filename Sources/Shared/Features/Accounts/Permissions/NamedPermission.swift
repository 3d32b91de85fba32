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
