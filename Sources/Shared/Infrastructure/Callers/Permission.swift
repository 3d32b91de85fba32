/// What an account may do, as one number like the modes of a Linux file: the sum of read 1, write 2, modify 4 and delete 8.
package struct Permission: OptionSet, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// Looking at things.
    package static let read = Permission(rawValue: 1)
    /// Making new things: a review, an order.
    package static let write = Permission(rawValue: 2)
    /// Changing things, cancelling an order among them.
    package static let modify = Permission(rawValue: 4)
    /// Removing things.
    package static let delete = Permission(rawValue: 8)

    /// All four.
    package static let everything: Permission = [.read, .write, .modify, .delete]
    /// The permission that a blacklisted account keeps: it can read, and can neither order nor review.
    package static let blacklisted: Permission = .read
}

/// One permission: some bits on one resource, or on every resource.
package struct PermissionGrant: Hashable, Sendable {
    /// The word for every resource, including resources of later versions.
    package static let everyResource = "*"

    /// The resource as endpoints name it, for instance `movies`.
    package let resource: String
    package let bits: Permission

    package init(resource: String, bits: Permission) {
        self.resource = resource
        self.bits = bits
    }
}

/// A kind of things that permissions are about, such as `movies`. Each room that has such things declares the kind.
package struct Resource: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        self.init(rawValue: value)
    }
}
