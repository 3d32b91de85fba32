import Foundation
import HTTP
import Logging
import Presentation
import Shared

/// Paying an order, and the gateway's word about it.
///
/// | method | path | access |
/// | --- | --- | --- |
/// | POST | /v1/orders/{id}/payments | orders: write |
/// | POST | /v1/orders/{id}/payment-claims | orders: write |
/// | POST | /v1/payments/alipay/notifications | open; the gateway's signature is checked |
struct PaymentEndpoints: Sendable {
    let orders: Orders
    let gateway: any PaymentGateway
    let settlement: any PaymentSettlement
    let writes: Writes

    var all: [Endpoint] { [start, claim, notification] }

    private static let newPayment = Body<PaymentMethod>(
        "NewPayment",
        .required("method", .text(1...32), "How to pay: `alipay_page`, `alipay_wap` or `alipay_app`.", example: "alipay_page")
    ) { PaymentMethod(rawValue: $0) }

    private static let newClaim = Body<Void>("NewPaymentClaim") {}

    var start: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/payments", "Starts paying an order; there may be several attempts, one wins.",
            access: .permission(.orders, .write),
            body: Self.newPayment,
            idempotency: true,
            answers: .created(PaymentShape.started),
            problems: [
                Problem(.orderNotUnpaid), Problem(.orderExpired), Problem(.paymentLimitReached), Problem(.paymentTimeOver),
                Problem(.paymentMethodUnknown),
            ]
        ) { call in
            let id = try call.uuid("id")
            let accountID = try call.caller.accountID
            let method = call.body
            return try await writes.create(call, at: { _ in "/v1/orders/\(id.uuidString.lowercased())" }) { transaction in
                try await orders.startPayment(for: id, method: method, by: accountID, in: transaction)
            }
        }
    }

    var claim: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/payment-claims",
            "Says that the buyer has paid. Proves nothing: the gateway is asked, and the seats are held a little longer, once.",
            access: .permission(.orders, .write),
            body: Self.newClaim,
            idempotency: true,
            answers: .accepted(OrderShape.claimed),
            problems: [Problem(.noPaymentStarted), Problem(.orderNotUnpaid), Problem(.orderExpired)]
        ) { call in
            let id = try call.uuid("id")
            let accountID = try call.caller.accountID
            return try await writes.accept(call) { transaction in
                try await orders.claimPayment(of: id, by: accountID, in: transaction)
            }
        }
    }

    /// The gateway repeats a notification until it reads exactly `success`: that is said after the commit and for nothing else.
    var notification: Endpoint {
        Endpoint(
            .post, "/v1/payments/alipay/notifications", "Takes the gateway's word about a trade.",
            access: .open,
            rateLimit: .exempt,
            form: "The gateway's notification, signed by it.",
            answers: .plain
        ) { call in
            do {
                let outcome = try await settlement.settle(try gateway.notice(from: call.body))
                return .plain(outcome.isAcknowledged ? "success" : "failure")
            } catch let refusal as NoticeRefusal {
                call.logger.warning("A payment notification was refused.", metadata: ["reason": "\(refusal.code)"])
                return .plain("failure")
            }
        }
    }
}
