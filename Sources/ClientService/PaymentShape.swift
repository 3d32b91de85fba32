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
        .id("id", "Number of the payment.", example: "17") { $0.payment.id },
        .text("method", "The way of paying.") { $0.payment.method.rawValue },
        .text("out_trade_no", "Our number of the trade at the gateway.", example: "20261123ihy5ufaf5ohk8xq49podk17p") {
            $0.payment.outTradeNo.rawValue
        },
        .int("amount_fen", "What is to be paid, in fen.", example: "9600") { $0.payment.amountFen },
        .enumeration("state", "How it stands.", example: "started") { $0.payment.state },
        .timestamp("created_at", "When it was started.") { $0.payment.createdAt },
        .timestamp("expires_at", "Until when the gateway takes the money.") { $0.payment.expiresAt },
        .timestamp("succeeded_at", "When the money came; null before.") { $0.payment.succeededAt },
        .text("pay_url", "The page to send the buyer to; absent once it can't be paid.", absentWhenNil: true) { $0.instruction.payURL },
        .text("order_string", "What to hand to the gateway's app; absent once it can't be paid.", absentWhenNil: true) {
            $0.instruction.orderString
        }
    )

    static let started = Shape<StartedPayment>(
        "StartedPayment",
        .id("id", "Number of the payment.") { $0.payment.id },
        .text("out_trade_no", "Our number of the trade at the gateway.", example: "20261123ihy5ufaf5ohk8xq49podk17p") {
            $0.payment.outTradeNo.rawValue
        },
        .int("amount_fen", "What is to be paid, in fen.", example: "9600") { $0.payment.amountFen },
        .timestamp("expires_at", "Until when the gateway takes the money.") { $0.payment.expiresAt },
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
