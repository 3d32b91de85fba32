import HTTP
import Shared
import Synchronization

/// What principals may do, in HTTP's words. Most people of a realm hold the same grants, so that the last few answers serve nearly everybody.
final class CallerPermissions: Sendable {
    private struct Known {
        let grants: [PermissionGrant]
        let mask: Permission
        let permissions: [Resource: Int]
    }

    private let known = Mutex<[Known]>([])
    private static let capacity = 8

    func permissions(of principal: Principal, in principals: Principals) -> [Resource: Int] {
        let found = known.withLock { known in
            known.first { $0.mask == principal.permission && $0.grants == principal.grants }?.permissions
        }
        if let found { return found }
        // The policy may let a number mean more than its bits; HTTP knows bits alone.
        let permissions = Dictionary(
            Set(principal.grants.map(\.resource)).map { resource in
                let allowed = Action.allCases.filter { principals.allows(Permission($0), of: resource, to: principal) }
                return (Resource(rawValue: resource), allowed.reduce(0) { $0 | $1.rawValue })
            }
        ) { $0 | $1 }
        known.withLock { known in
            known.insert(Known(grants: principal.grants, mask: principal.permission, permissions: permissions), at: 0)
            if known.count > Self.capacity { known.removeLast() }
        }
        return permissions
    }
}
