package import FoundationEssentials

/// A payment that is ready to be started. Nothing of it is written yet.
package struct PreparedPayment: Sendable {
    /// The name of the gateway.
    let gateway: String
    let method: PaymentMethod
    let trade: NewTrade
    let instruction: PaymentInstruction

    /// Whether it was prepared for this amount and this time.
    package func fits(amountFen: Int64, expiresAt: Date) -> Bool {
        trade.amountFen == amountFen && trade.expiresAt == expiresAt.wholeSecond
    }
}

extension Date {
    /// The whole second at or before the time, because gateways know no fractions of a second.
    var wholeSecond: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
