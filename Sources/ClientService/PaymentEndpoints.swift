import API
import Callers
import Foundation
import HTTP
import Logging
import Shared

/// Paying an order, and the gateways' notifications.
struct PaymentEndpoints: Sendable {
    let orders: Orders
    let gateways: [any PaymentGateway]
    /// The origins of pages to which buyers may be sent back.
    let returnOrigins: Set<String>
    let notices: PaymentNotices
    let writes: Writes

    var all: [Endpoint] { [methods, list, start, claim] + gateways.compactMap(notification(of:)) }

    struct NewPayment: Sendable {
        let method: PaymentMethod
        let returnURL: String?
    }

    private var newPayment: Body<NewPayment> {
        let methods = gateways.flatMap(\.methods).map(\.rawValue)
        let words = methods.map { "`\($0)`" }
        let list = words.count < 2 ? words.joined() : "\(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])"
        return Body(
            "NewPayment",
            Field<String>.required("method", .text(1...32), "How to pay: \(list).", example: methods.first),
            Field<String?>.optional(
                "return_url", .text(1...ReturnURL.limit),
                """
                Where the gateway sends the buyer's browser back to, in place of the page that it is sent to otherwise: a page of an origin in \
                `PAYMENTS_RETURN_ORIGINS`, without query and fragment. That it comes back proves nothing.
                """, example: "https://www.example.com/orders/paid", isInExample: false)
        ) { NewPayment(method: PaymentMethod(rawValue: $0), returnURL: $1) }
    }

    private static let newClaim = Body<Void>("NewPaymentClaim") {}

    /// A way of paying, and whose it is.
    struct Offer: Sendable {
        let method: PaymentMethod
        let gateway: String
    }

    var methods: Endpoint {
        Endpoint(
            .get, "/v1/payment-methods", "Lists the ways of paying, in the order in which they are to be offered.",
            access: .open,
            caching: .publicFor(seconds: 3),
            answers: .page(PaymentShape.method)
        ) { call in
            let offers = gateways.flatMap { gateway in gateway.methods.map { Offer(method: $0, gateway: gateway.name) } }
            return .page(try Page(whole: offers, request: call.page) { $0.method.rawValue })
        }
    }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/orders/{id:uuid}/payments",
            "Lists the attempts to pay an order, oldest first, to go on after a reload: those that can still be paid say how.",
            access: .permission(.orders, .read),
            answers: .page(PaymentShape.attempt)
        ) { call in
            let all = try await orders.payments(of: try call[.uuid], scope: .buyer(try call.principal.accountID))
            return .page(try Page(whole: all, request: call.page) { String($0.payment.id) })
        }
    }

    var start: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/payments", "Starts paying an order; there may be several attempts, one wins.",
            name: "startPayment",
            access: .permission(.orders, .write),
            body: newPayment,
            idempotency: true,
            answers: .created(PaymentShape.started, at: OrderShape.path, \.payment.orderID),
            refusals: [.orderNotUnpaid, .orderExpired, .paymentLimitReached, .paymentTimeOver, .paymentMethodUnknown, .returnURLNotAllowed]
        ) { call in
            let returnURL = try call.body.returnURL.map { try ReturnURL($0, allowed: returnOrigins) }
            return try await writes.create(call) { transaction in
                try await orders.startPayment(
                    for: call[.uuid], method: call.body.method, returningTo: returnURL, by: call.principal.accountID, in: transaction)
            }
        }
    }

    var claim: Endpoint {
        Endpoint(
            .post, "/v1/orders/{id:uuid}/payment-claims",
            "Says that the buyer has paid. Proves nothing: the gateway is asked, and the seats are held a little longer, once.",
            name: "claimPayment",
            access: .permission(.orders, .write),
            body: Self.newClaim,
            idempotency: true,
            answers: .accepted(OrderShape.claimed),
            refusals: [.noPaymentStarted, .orderNotUnpaid, .orderExpired]
        ) { call in
            try await writes.accept(call) { transaction in
                try await orders.claimPayment(of: call[.uuid], by: call.principal.accountID, in: transaction)
            }
        }
    }

    /// The endpoint for a gateway's notifications; `nil` for a gateway that posts none.
    ///
    /// The gateway repeats a notification until it reads the answer that it expects. That answer is sent only after the COMMIT.
    private func notification(of gateway: any PaymentGateway) -> Endpoint? {
        guard let acknowledgement = gateway.acknowledgement else { return nil }
        return Endpoint(
            .post, "/v1/payments/\(gateway.name)/notifications", "Takes the gateway's word about a trade.",
            name: "receive\(gateway.name.capitalized)Notification",
            access: .open,
            rateLimit: .exempt,
            form: "The gateway's notification, signed by it. Whatever else comes is recorded and answered so that the gateway comes again.",
            answers: .plain
        ) { call in
            do {
                let outcome = try await notices.take(PostedNotice(call.body), from: gateway)
                return .plain(outcome.isAcknowledged ? acknowledgement.accepted : acknowledgement.refused)
            } catch let refusal as NoticeRefusal {
                call.logger.warning(
                    "A payment notification was refused.", metadata: ["gateway": "\(gateway.name)", "reason": "\(refusal.code.rawValue)"])
                return .plain(acknowledgement.refused)
            }
        }
    }
}

extension PostedNotice {
    fileprivate init(_ body: RawBody) {
        self.init(contentType: body.contentType, contentEncoding: body.contentEncoding, body: body.bytes, isCut: body.isCut)
    }
}
