package import FoundationEssentials

/// What a gateway posted with a good signature, and what we made of it.
package struct PaymentNotification: Hashable, Sendable {
    package let id: Int64
    package let receivedAt: Date
    /// The name of the gateway.
    package let gateway: String
    /// The gateway's id of the notice, which it keeps when it repeats itself.
    package let notifyID: String?
    /// Our number of the trade, as the gateway named it; there may be no such payment.
    package let outTradeNo: String
    /// The gateway's number of the trade.
    package let tradeNo: String?
    package let tradeStatus: String
    /// In fen.
    package let amountFen: Int64?
    /// What came of it.
    package let outcome: String
}
