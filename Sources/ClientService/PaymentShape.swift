import API
import HTTP
import Shared

/// Payments in answers.
enum PaymentShape {
    static let method = Shape<PaymentEndpoints.Offer>(
        "PaymentMethod",
        .text("method", "What to start a payment with.") { $0.method.rawValue },
        .text("gateway", "Whose way it is.") { $0.gateway }
    )

    /// An attempt as its buyer finds it again.
    static let attempt = Shape<StartedPayment>(
        "OrderPayment",
        .fields(of: PaymentFields.common, "id", "method", "out_trade_no", "amount_fen") { $0.payment },
        .enumeration("state", "How it stands.", example: "started") { $0.payment.state },
        .fields(of: PaymentFields.common, "created_at", "expires_at") { $0.payment },
        .timestamp("succeeded_at", "When the money came; null before.") { $0.payment.succeededAt },
        .text("pay_url", "The page to send the buyer to; absent once it can't be paid.", absentWhenNil: true) { $0.instruction.payURL },
        .text("order_string", "What to hand to the gateway's app; absent once it can't be paid.", absentWhenNil: true) {
            $0.instruction.orderString
        }
    )

    static let started = Shape<StartedPayment>(
        "StartedPayment",
        .fields(of: PaymentFields.common, "id", "out_trade_no", "amount_fen", "expires_at") { $0.payment },
        .text("pay_url", "The page to send the buyer to.", absentWhenNil: true) { $0.instruction.payURL },
        .text("order_string", "What to hand to the gateway's app.", absentWhenNil: true) { $0.instruction.orderString }
    )
}

extension PaymentInstruction {
    fileprivate var payURL: String? {
        if case .payURL(let url) = self { url } else { nil }
    }

    fileprivate var orderString: String? {
        if case .orderString(let text) = self { text } else { nil }
    }
}
