/// How a permission's number is compared with what an action needs.
package enum PermissionPolicy: String, CaseIterable, Sendable {
    /// Every needed bit must be set: 5 (read and modify) doesn't include write.
    case bits
    /// A larger number includes all smaller ones: 4 includes read and write.
    case levels

    /// Whether the permission `held` allows an action that needs `needed`.
    package func allows(_ needed: Permission, holding held: Permission) -> Bool {
        switch self {
        case .bits: held.isSuperset(of: needed)
        case .levels: held.rawValue >= needed.rawValue
        }
    }

    /// The union of an account's grants on a resource.
    package func united(_ grants: some Sequence<PermissionGrant>, on resource: String) -> Permission {
        let reaching = grants.lazy.filter { $0.resource == resource || $0.resource == PermissionGrant.everyResource }.map(\.bits)
        return switch self {
        case .bits: reaching.reduce(into: []) { $0.formUnion($1) }
        case .levels: Permission(rawValue: reaching.map(\.rawValue).max() ?? 0)
        }
    }

    /// An account's permission on a resource: the union of its grants, masked by its own field.
    package func effective(_ grants: some Sequence<PermissionGrant>, on resource: String, mask: Permission) -> Permission {
        let united = united(grants, on: resource)
        return switch self {
        case .bits: united.intersection(mask)
        case .levels: Permission(rawValue: min(united.rawValue, mask.rawValue))
        }
    }
}
