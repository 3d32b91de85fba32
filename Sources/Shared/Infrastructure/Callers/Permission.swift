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

    /// Each with its word, in the order of their numbers.
    package static let actions: KeyValuePairs<String, Permission> = ["read": .read, "write": .write, "modify": .modify, "delete": .delete]

    /// The words of those that it holds.
    package var words: [String] { Self.actions.filter { contains($0.value) }.map(\.key) }

    /// All four.
    package static let everything: Permission = [.read, .write, .modify, .delete]
    /// What a blacklisted account keeps: it looks, and can neither order nor review.
    package static let blacklisted: Permission = .read
}

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

/// How a permission's number is compared with what an action needs.
package enum PermissionPolicy: String, CaseIterable, Sendable {
    /// Every needed bit must be set: 5 (read and modify) doesn't include write.
    case bits
    /// A larger number includes all smaller ones: 4 includes read and write.
    case levels

    /// Whether somebody who holds `held` may do what needs `needed`.
    package func allows(_ needed: Permission, holding held: Permission) -> Bool {
        switch self {
        case .bits: held.isSuperset(of: needed)
        case .levels: held.rawValue >= needed.rawValue
        }
    }

    /// All that reaches an account for a resource, in one.
    package func united(_ grants: some Sequence<PermissionGrant>, on resource: String) -> Permission {
        let reaching = grants.lazy.filter { $0.resource == resource || $0.resource == PermissionGrant.everyResource }.map(\.bits)
        return switch self {
        case .bits: reaching.reduce(into: []) { $0.formUnion($1) }
        case .levels: Permission(rawValue: reaching.map(\.rawValue).max() ?? 0)
        }
    }

    /// What an account may do to a resource: all that reaches it, masked by its own field.
    package func effective(_ grants: some Sequence<PermissionGrant>, on resource: String, mask: Permission) -> Permission {
        let united = united(grants, on: resource)
        return switch self {
        case .bits: united.intersection(mask)
        case .levels: Permission(rawValue: min(united.rawValue, mask.rawValue))
        }
    }
}

/// A kind of thing that permissions are about, such as `movies`. Who offers things declares their kinds.
package struct Resource: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(stringLiteral value: String) {
        self.init(rawValue: value)
    }
}
