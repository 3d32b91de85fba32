import API
import Foundation
import HTTP
import Shared

/// What the platform's people decide about money that doesn't fit the books, each time with a reason.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | POST | /v1/payment-notifications/{id}/refund | payments: modify |
/// | POST | /v1/orders/{id}/attention/decision | orders: modify |
struct PaymentSupportEndpoints: Sendable {
    let support: PaymentSupport
    let writes: Writes

    var all: [Endpoint] { [refund, decide] }

    var refund: Endpoint {
        Endpoint(
            .post, "/v1/payment-notifications/{id}/refund",
            "Sends money of a wrong amount (`amount_mismatch`) back, all of it and once. The payment takes no other money then.",
            access: .permission(.payments, .modify),
            body: OrderBodies.reason,
            idempotency: true,
            answers: .accepted(RefundShape.refund),
            problems: [Problem(.notificationNotRefundable), Problem(.notificationRefunded)]
        ) { call in
            let id = try call.id("id")
            let actor = OrderActor(try call.caller.accountID, note: call.body)
            let audit = try call.audit(.wrongAmountRefunded) { (_: OrderRefund) in "payment_notification:\(id)" }
            return try await writes.accept(call, audit: audit) { transaction in
                try await support.refundWrongAmount(id, actor: actor, in: transaction)
            }
        }
    }

    var decide: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/attention/decision",
            "Decides that an order counts although money of it went back at the gateway: its tickets are handed out and let people in again.",
            access: .permission(.orders, .modify),
            body: OrderBodies.reason,
            answers: .ok(OrderShape.order),
            problems: [Problem(.orderNeedsNoDecision)]
        ) { call in
            let id = try call.uuid("id")
            let actor = OrderActor(try call.caller.accountID, note: call.body)
            let audit = try call.audit(.attentionDecided) { (_: Order) in "order:\(id.uuidString.lowercased())" }
            let order = try await writes.perform(call, audit: audit) { try await support.release(id, actor: actor, in: $0) }
            let shown = ShownOrder(order)
            return .ok(shown, etag: shown.etag)
        }
    }
}

extension AuditAction {
    static let wrongAmountRefunded = AuditAction(rawValue: "payment.wrong_amount_refunded")
    static let attentionDecided = AuditAction(rawValue: "order.attention_decided")
}
