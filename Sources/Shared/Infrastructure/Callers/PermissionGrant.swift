/// What one permission allows: some bits on one resource, or on every resource.
package struct PermissionGrant: Hashable, Sendable {
    /// The word that stands for every resource, those of later versions too.
    package static let everyResource = "*"

    /// As endpoints name it, for instance `movies`.
    package let resource: String
    package let bits: Permission

    package init(resource: String, bits: Permission) {
        self.resource = resource
        self.bits = bits
    }
}
