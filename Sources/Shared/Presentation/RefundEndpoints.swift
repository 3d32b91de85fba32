package import Database
import Foundation
package import HTTP
package import Shared

/// Giving tickets back: a buyer within the policy that it agreed to, the cinema's and the platform's people with a reason.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | GET | /v1/orders/{id}/refunds | orders: read |
/// | POST | /v1/orders/{id}/refunds | orders: modify |
package struct RefundEndpoints: Sendable {
    /// Who calls.
    package enum Side: Sendable {
        case buyer
        case staff
    }

    private let refunds: OrderRefunds
    private let pool: PostgresPool
    private let writes: Writes
    private let side: Side

    package init(refunds: OrderRefunds, pool: PostgresPool, writes: Writes, side: Side) {
        self.refunds = refunds
        self.pool = pool
        self.writes = writes
        self.side = side
    }

    package var all: [Endpoint] { [list, side == .buyer ? requestByBuyer : requestByStaff] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/refunds", "Lists the refunds of an order, oldest first.",
            access: .permission(.orders, .read),
            answers: .page(RefundShape.refund)
        ) { call in
            .page(try await refunds.refunds(orderID: try call.uuid("id"), scope: try scope(of: call.caller), in: pool), next: nil)
        }
    }

    private var requestByBuyer: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds", "Gives tickets back by the cinema's policy; their seats are free at once.",
            access: .permission(.orders, .modify),
            body: OrderBodies.refund,
            idempotency: true,
            answers: .accepted(RefundShape.refund),
            problems: OrderBodies.refundProblems + [Problem(.refundWindowClosed)]
        ) { call in try await request(call) }
    }

    private var requestByStaff: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds", "Takes tickets back, without a fee and at any time before they are used; with a reason.",
            access: .permission(.orders, .modify),
            body: OrderBodies.staffRefund,
            idempotency: true,
            answers: .accepted(RefundShape.refund),
            problems: OrderBodies.refundProblems
        ) { call in try await request(call) }
    }

    private func request(_ call: Call<OrderBodies.NewRefund>) async throws -> Reply<OrderRefund> {
        let id = try call.uuid("id")
        let caller = try call.caller
        let scope = try scope(of: caller)
        let audit = try call.audit(.orderRefunded) { (_: OrderRefund) in "order:\(id.uuidString.lowercased())" }
        return try await writes.accept(call, audit: side == .staff ? audit : nil) { transaction in
            try await refunds.request(
                id,
                ticketIDs: call.body.ticketIDs,
                by: side == .buyer ? .buyer : caller.refundRequester,
                actor: OrderActor(caller.accountID, note: call.body.note),
                scope: scope,
                in: transaction
            )
        }
    }

    private func scope(of caller: Caller) throws -> OrderScope {
        switch side {
        case .buyer: .buyer(caller.accountID)
        case .staff: try caller.orderScope()
        }
    }
}
