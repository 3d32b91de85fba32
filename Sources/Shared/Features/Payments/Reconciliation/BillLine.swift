package import FoundationEssentials

/// A movement of money in a gateway's bill.
package struct BillLine: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// From the buyer to the seller.
        case payment
        /// Back to the buyer.
        case refund
    }

    package let kind: Kind
    /// Our number of the trade.
    package let outTradeNo: TradeNumber
    /// The gateway's number of the trade.
    package let tradeNo: String
    /// Our number of the refund; `nil` for a payment.
    package let requestNumber: TradeNumber?
    /// In fen, more than 0 in both directions.
    package let amountFen: Int64
    /// When the money moved.
    package let at: Date

    package init(kind: Kind, outTradeNo: TradeNumber, tradeNo: String, requestNumber: TradeNumber?, amountFen: Int64, at: Date) {
        self.kind = kind
        self.outTradeNo = outTradeNo
        self.tradeNo = tradeNo
        self.requestNumber = requestNumber
        self.amountFen = amountFen
        self.at = at
    }
}
