import Foundation
import Shared

/// A trade as `/sandbox/trades/{out_trade_no}` shows it.
struct TradeView: Encodable {
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
        notifications = attempts.map { Attempt(at: $0.at, answer: $0.answer) }
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
