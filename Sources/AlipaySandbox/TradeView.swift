import Foundation
import Shared

/// A trade as `/sandbox/trades/{out_trade_no}` shows it.
struct TradeView: Encodable {
    struct Refund: Encodable {
        let requestNumber: String
        let amountFen: Int64
        let at: Date
    }

    struct Attempt: Encodable {
        let at: Date
        let answer: String
    }

    let outTradeNo: String
    let tradeNo: String
    let status: String
    /// The price, in fen.
    let amountFen: Int64
    let paidFen: Int64?
    let refundedFen: Int64
    let createdAt: Date
    let expiresAt: Date?
    let paidAt: Date?
    let refunds: [Refund]
    let notifications: [Attempt]

    init(_ trade: SandboxTrade, attempts: [NoticeAttempt]) {
        outTradeNo = trade.terms.outTradeNo
        tradeNo = trade.tradeNo
        status = trade.status.rawValue
        amountFen = trade.terms.amountFen
        paidFen = trade.paidFen
        refundedFen = trade.refundedFen
        createdAt = trade.createdAt
        expiresAt = trade.terms.expiresAt
        paidAt = trade.paidAt
        refunds = trade.refunds.map { Refund(requestNumber: $0.requestNumber, amountFen: $0.amountFen, at: $0.at) }
        notifications = attempts.map { Attempt(at: $0.at, answer: $0.answer) }
    }
}

/// Trades in the order in which they were opened, as `/sandbox/trades` shows them.
struct TradePage: Encodable {
    let trades: [TradeView]
    /// The value of `after` for the next page; `nil` on the last one.
    let next: Int?
}
