import Callers
package import Database
package import HTTP
package import Shared

/// How far the refunds of a cancelled showtime have come, for those who manage it.
package struct CancellationEndpoints: Sendable {
    private let showtimeOrders: ShowtimeOrders
    private let pool: PostgresPool

    package init(showtimeOrders: ShowtimeOrders, pool: PostgresPool) {
        self.showtimeOrders = showtimeOrders
        self.pool = pool
    }

    package var all: [Endpoint] { [progress] }

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
