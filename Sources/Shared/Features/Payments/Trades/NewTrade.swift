package import FoundationEssentials

/// The data that a gateway gets when a payment is started.
package struct NewTrade: Hashable, Sendable {
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// The amount, in fen.
    package let amountFen: Int64
    /// The text that the buyer reads on the payment page.
    package let subject: String
    /// After this moment the gateway must not take the money.
    package let expiresAt: Date
    /// Where the buyer's browser comes back to; `nil` for the page that the gateway's settings name.
    package let returnURL: String?

    package init(outTradeNo: TradeNumber, amountFen: Int64, subject: String, expiresAt: Date, returnURL: String? = nil) {
        self.outTradeNo = outTradeNo
        self.amountFen = amountFen
        self.subject = subject
        self.expiresAt = expiresAt
        self.returnURL = returnURL
    }
}
