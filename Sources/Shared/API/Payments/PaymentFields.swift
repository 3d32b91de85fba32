package import HTTP
package import Shared

/// Payments in answers.
package enum PaymentFields {
    /// What both its buyer and the platform's people see of a payment.
    package static let common = Shape<Payment>(
        "PaymentFields",
        .id("id", "Number of the payment.", example: "17") { $0.id },
        .text("method", "The way of paying.") { $0.method.rawValue },
        .text("out_trade_no", "Our number of the trade at the gateway.", example: "20261123ihy5ufaf5ohk8xq49podk17p") {
            $0.outTradeNo.rawValue
        },
        .int("amount_fen", "What is to be paid, in fen.", example: "9600") { $0.amountFen },
        .timestamp("created_at", "When it was started.") { $0.createdAt },
        .timestamp("expires_at", "Until when the gateway takes the money.") { $0.expiresAt }
    )
}
