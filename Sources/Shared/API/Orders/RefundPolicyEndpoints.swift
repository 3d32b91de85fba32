import Callers
package import Database
package import HTTP
package import Shared

/// The refund policies of cinemas, for those who manage them, and the progress of a cancelled showtime's refunds.
package struct RefundPolicyEndpoints: Sendable {
    private let places: Places
    private let showtimeOrders: ShowtimeOrders
    private let pool: PostgresPool
    private let writes: Writes

    package init(places: Places, showtimeOrders: ShowtimeOrders, pool: PostgresPool, writes: Writes) {
        self.places = places
        self.showtimeOrders = showtimeOrders
        self.pool = pool
        self.writes = writes
    }

    package var all: [Endpoint] { [show, replace, progress] }

    var show: Endpoint {
        Endpoint(
            .get, "/v1/cinemas/{id}/refund-policy", "Shows what a cinema promises about giving money back.",
            access: .permission(.cinemas, .read),
            answers: .ok(RefundShape.policy)
        ) { call in
            let policy = try await places.refundPolicy(ofCinema: call[.id], scope: try call.scope, in: pool)
            return .ok(policy, etag: .version(Int64(policy.version)))
        }
    }

    var replace: Endpoint {
        Endpoint(
            .put, "/v1/cinemas/{id}/refund-policy", "Puts another refund policy in force, for orders that are opened from now on.",
            access: .permission(.cinemas, .modify),
            body: RefundBody.policy,
            ifMatch: .required,
            answers: .ok(RefundShape.policy),
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

    var progress: Endpoint {
        Endpoint(
            .get, "/v1/showtimes/{id}/cancellation", "Tells how far the refunds of a cancelled showtime have come.",
            access: .permission(.showtimes, .read),
            answers: .ok(RefundShape.progress),
            refusals: [.showtimeNotCancelled]
        ) { call in
            .ok(try await showtimeOrders.progress(showtimeID: call[.id], scope: try call.scope, in: pool))
        }
    }
}
