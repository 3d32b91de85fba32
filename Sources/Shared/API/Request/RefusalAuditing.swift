package import HTTP
package import Shared

/// Counts every request that was answered 403 or 429 for the audit trail.
package struct RefusalAuditing: RefusalObserver {
    private let denials: Denials

    package init(denials: Denials) {
        self.denials = denials
    }

    package func refused(_ request: RefusedRequest) {
        denials.count(
            request.status == 403 ? .requestForbidden : .requestThrottled, endpoint: request.endpoint, code: request.code,
            by: request.accountID, address: request.address
        )
    }
}
