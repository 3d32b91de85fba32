import Callers
package import Database
import Foundation
package import HTTP
package import Shared

/// Refunds of tickets: by a buyer within the policy that it agreed to, and by the cinema's and the platform's people with a reason.
package struct RefundEndpoints: Sendable {
    /// The side from which the caller comes.
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

    package var all: [Endpoint] { side == .buyer ? [list, preview, requestByBuyer] : [list, preview, requestByStaff, payOut] }

    private var list: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/refunds", "Lists the refunds of an order, oldest first.",
            access: .permission(.orders, .read),
            answers: .page(RefundShape.refund)
        ) { call in
            let principal = try call.principal
            var all = try await refunds.refunds(orderID: call[.uuid], scope: scope(of: principal), in: pool)
            if side == .buyer { all = all.map { $0.shown(to: principal.accountID) } }
            return .page(try Page(whole: all, request: call.page) { String($0.refund.id) })
        }
    }

    private var preview: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds/preview", "Says what giving tickets back would come to now; nothing is done.",
            name: "previewRefund",
            access: .permission(.orders, .read),
            rateLimit: .read,
            body: OrderBody.refundPreview,
            answers: .ok(RefundShape.preview),
            refusals: OrderBody.refundRefusals + (side == .buyer ? [.refundWindowClosed] : [])
        ) { call in
            let principal = try call.principal
            return .ok(
                try await refunds.preview(
                    call[.uuid], ticketIDs: call.body, by: side == .buyer ? .buyer : principal.refundRequester,
                    scope: scope(of: principal), in: pool))
        }
    }

    private var requestByBuyer: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds", "Gives tickets back by the cinema's policy; their seats are free at once.",
            name: "refundOrder",
            access: .permission(.orders, .modify),
            body: OrderBody.refund,
            idempotency: true,
            answers: .accepted(RefundShape.refund),
            refusals: OrderBody.refundRefusals + [.refundWindowClosed]
        ) { call in try await request(call) }
    }

    private var requestByStaff: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds", "Takes tickets back, without a fee and at any time before they are used; with a reason.",
            name: "refundOrder",
            access: .permission(.orders, .modify),
            body: OrderBody.staffRefund,
            idempotency: true,
            answers: .accepted(RefundShape.refund),
            refusals: OrderBody.refundRefusals
        ) { call in try await request(call) }
    }

    private var payOut: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds/{refund_id}/payout",
            "Notes that the money of a refund was handed out at the counter, where it had been taken.",
            name: "payRefundOut",
            access: .permission(.payments, .write),
            answers: .ok(RefundShape.refund),
            refusals: [.refundNotAtCounter, .refundPaidOut]
        ) { call in
            let (id, refundID, scope) = (try call[.uuid], try call[.id("refund_id")], OrderScope.staff(try call.scope))
            let paidOut = try await writes.perform(call, audit: call.audit(.refundPaidOut, .order(id))) { transaction in
                try await counterSales.payOut(refundID, of: id, clerkID: call.principal.accountID, scope: scope, in: transaction)
            }
            return .ok(paidOut)
        }
    }

    private func request(_ call: Call<OrderBody.NewRefund>) async throws -> Reply<OrderRefund> {
        let (id, principal) = (try call[.uuid], try call.principal)
        let audit: (OrderRefund) -> AuditEntry = try call.audit(.orderRefunded, .order(id))
        return try await writes.accept(call, audit: side == .staff ? audit : nil) { transaction in
            try await refunds.request(
                id,
                ticketIDs: call.body.ticketIDs,
                by: side == .buyer ? .buyer : principal.refundRequester,
                actor: OrderActor(principal.accountID, note: call.body.note),
                scope: scope(of: principal),
                in: transaction
            )
        }
    }

    private func scope(of principal: Principal) throws -> OrderScope {
        switch side {
        case .buyer: .buyer(principal.accountID)
        case .staff: .staff(try principal.scope)
        }
    }
}
