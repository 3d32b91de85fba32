import Callers
package import Database
package import HTTP
package import Shared

/// The refund policies of cinemas, for those who manage them.
package struct RefundPolicyEndpoints: Sendable {
    private let places: Places
    private let pool: PostgresPool
    private let writes: Writes

    package init(places: Places, pool: PostgresPool, writes: Writes) {
        self.places = places
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [show, replace] }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}/refund-policy", "Shows what a cinema promises about giving money back.",
            access: .permission(.cinemas, .read),
            answers: .ok(RefundPolicyShape.policy)
        ) { call in
            let policy = try await places.refundPolicy(ofCinema: call[.id], scope: try call.scope, in: pool)
            return .ok(policy, etag: .version(Int64(policy.version)))
        }
    }

    var replace: Endpoint {
        Endpoint(
            .put, "/v1/cinemas/{id}/refund-policy", "Puts another refund policy in force, for orders that are opened from now on.",
            access: .permission(.cinemas, .modify),
            body: RefundPolicyBody.policy,
            ifMatch: .required,
            answers: .ok(RefundPolicyShape.policy),
            refusals: [.refundStepsUnordered]
        ) { call in
            let id = try call[.id]
            let policy = try await writes.perform(call, audit: call.audit(.refundPolicyReplaced, .cinema(id))) { transaction in
                try await places.replaceRefundPolicy(
                    ofCinema: id, scope: call.scope, version: call.ifMatch, with: call.body, by: call.principal.accountID, in: transaction
                )
            }
            return .ok(policy, etag: .version(Int64(policy.version)))
        }
    }
}
