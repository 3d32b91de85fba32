package import FoundationEssentials

/// What a gateway is told when a payment is started.
package struct NewTrade: Hashable, Sendable {
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// What is to be paid, in fen.
    package let amountFen: Int64
    /// What the buyer reads on the payment page.
    package let subject: String
    /// After this moment the gateway must not take the money.
    package let expiresAt: Date

    package init(outTradeNo: TradeNumber, amountFen: Int64, subject: String, expiresAt: Date) {
        self.outTradeNo = outTradeNo
        self.amountFen = amountFen
        self.subject = subject
        self.expiresAt = expiresAt
    }
}
