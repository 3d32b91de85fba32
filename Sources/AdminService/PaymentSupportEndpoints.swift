import API
import Callers
import Foundation
import HTTP
import Shared

/// Decisions of administrators about money that doesn't fit our data, each with a reason.
struct PaymentSupportEndpoints: Sendable {
    let support: PaymentSupport
    let writes: Writes

    var all: [Endpoint] { [refund, decide, markSentElsewhere] }

    var refund: Endpoint {
        Endpoint(
            .post, "/v1/payment-notifications/{id}/refund",
            "Sends money of a wrong amount (`amount_mismatch`) back, all of it and once. The payment takes no other money then.",
            name: "refundPaymentNotification",
            access: .permission(.payments, .modify),
            body: OrderBody.reason,
            idempotency: true,
            answers: .accepted(RefundShape.refund),
            refusals: [.notificationNotRefundable, .notificationRefunded]
        ) { call in
            let id = try call[.id]
            let actor = OrderActor(try call.principal.accountID, note: call.body)
            let subject = AuditSubject("payment_notification", id)
            return try await writes.accept(call, audit: call.audit(.wrongAmountRefunded, subject)) { transaction in
                try await support.refundWrongAmount(id, actor: actor, in: transaction)
            }
        }
    }

    var decide: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/attention/decision",
            "Decides that an order counts although money of it went back at the gateway: its tickets are handed out and let people in again.",
            name: "decideOrderAttention",
            access: .permission(.orders, .modify),
            body: OrderBody.reason,
            answers: .ok(OrderShape.order),
            refusals: [.orderNeedsNoDecision]
        ) { call in
            let id = try call[.uuid]
            let actor = OrderActor(try call.principal.accountID, note: call.body)
            let order = try await writes.perform(call, audit: call.audit(.attentionDecided, .order(id))) { transaction in
                try await support.release(id, actor: actor, in: transaction)
            }
            let shown = ShownOrder(order)
            return .ok(shown, etag: shown.etag)
        }
    }

    var markSentElsewhere: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/refunds/{refund_id}/sent-elsewhere",
            "Counts a refund that the gateway refuses for good as done, because its money has gone back in another way.",
            name: "noteRefundSentElsewhere",
            access: .permission(.payments, .modify),
            body: OrderBody.reason,
            answers: .ok(RefundShape.refund),
            refusals: [.refundNotRefused]
        ) { call in
            let (id, refundID) = (try call[.uuid], try call[.id("refund_id")])
            let actor = OrderActor(try call.principal.accountID, note: call.body)
            let refund = try await writes.perform(call, audit: call.audit(.refundSentElsewhere, .order(id))) { transaction in
                try await support.markSentElsewhere(refundID, of: id, actor: actor, in: transaction)
            }
            return .ok(refund)
        }
    }
}

extension AuditAction {
    static let wrongAmountRefunded = AuditAction(rawValue: "payment.wrong_amount_refunded")
    static let refundSentElsewhere = AuditAction(rawValue: "order.refund_sent_elsewhere")
    static let attentionDecided = AuditAction(rawValue: "order.attention_decided")
}
