package import FoundationEssentials

/// An attempt to pay that could be started: nothing of it is written yet.
package struct PreparedPayment: Sendable {
    /// The name of the gateway.
    let gateway: String
    let method: PaymentMethod
    let trade: NewTrade
    let instruction: PaymentInstruction

    /// Whether it is still for this amount and this time.
    package func fits(amountFen: Int64, expiresAt: Date) -> Bool {
        trade.amountFen == amountFen && trade.expiresAt == expiresAt.wholeSecond
    }
}

extension Date {
    /// The whole second at or before it: gateways know no parts of one.
    var wholeSecond: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
