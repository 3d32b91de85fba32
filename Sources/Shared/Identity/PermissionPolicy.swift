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
}
