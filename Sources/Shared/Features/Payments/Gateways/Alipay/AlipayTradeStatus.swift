/// The gateway's words for the state of a trade.
package enum AlipayTradeStatus: String, Sendable {
    case waitBuyerPay = "WAIT_BUYER_PAY"
    case tradeSuccess = "TRADE_SUCCESS"
    case tradeFinished = "TRADE_FINISHED"
    /// Not paid in time, or paid and refunded entirely.
    case tradeClosed = "TRADE_CLOSED"

    package var status: TradeStatus {
        switch self {
        case .waitBuyerPay: .waiting
        case .tradeSuccess: .succeeded
        case .tradeFinished: .finished
        case .tradeClosed: .closed
        }
    }
}
