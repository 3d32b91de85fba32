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
/// | POST | /v1/orders/{id}/refunds/{refund_id}/payout | payments: write; at the cinema and at the platform |
package struct RefundEndpoints: Sendable {
    /// Who calls.
    package enum Side: Sendable {
        case buyer
        case staff
    }

    private let refunds: OrderRefunds
    private let counterSales: CounterSales
    private let pool: PostgresPool
    private let writes: Writes
    private let side: Side

    package init(refunds: OrderRefunds, counterSales: CounterSales, pool: PostgresPool, writes: Writes, side: Side) {
        self.refunds = refunds
        self.counterSales = counterSales
        self.pool = pool
        self.writes = writes
        self.side = side
    }

    package var all: [Endpoint] { side == .buyer ? [list, requestByBuyer] : [list, requestByStaff, payOut] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/refunds", "Lists the refunds of an order, oldest first.",
            access: .permission(.orders, .read),
            answers: .page(RefundShape.refund)
        ) { call in
            let caller = try call.caller
            var all = try await refunds.refunds(orderID: try call.uuid("id"), scope: try scope(of: caller), in: pool)
            if side == .buyer { all = all.map { $0.shown(to: caller.accountID) } }
            return .page(try Page(whole: all, request: call.pageRequest) { String($0.refund.id) })
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

    private var payOut: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds/{refund_id}/payout",
            "Notes that the money of a refund was handed out at the counter, where it had been taken.",
            access: .permission(.payments, .write),
            answers: .ok(RefundShape.refund),
            problems: [Problem(.refundNotAtCounter), Problem(.refundPaidOut)]
        ) { call in
            let (id, refundID) = (try call.uuid("id"), try call.id("refund_id"))
            let caller = try call.caller
            let scope = try caller.orderScope()
            let audit = try call.audit(.refundPaidOut) { (_: Void) in "order:\(id.uuidString.lowercased())" }
            try await writes.perform(call, audit: audit) { transaction in
                try await counterSales.payOut(refundID, of: id, clerkID: caller.accountID, scope: scope, in: transaction)
            }
            let shown = try await refunds.refunds(orderID: id, scope: scope, in: pool).first { $0.refund.id == refundID }
            guard let shown else { throw Refusal.notFound }
            return .ok(shown)
        }
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
