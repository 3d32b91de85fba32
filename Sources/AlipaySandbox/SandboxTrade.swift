import Foundation
import Shared

/// A trade at the gateway: its rules and its state. Pure: callers pass the time.
struct SandboxTrade: Hashable, Sendable {
    /// The terms that the application asked for.
    let terms: TradeTerms
    /// The gateway's number.
    let tradeNo: String
    let createdAt: Date
    private(set) var status = AlipayTradeStatus.waitBuyerPay
    /// The amount that the buyer paid, in fen: the price, unless a knob set another.
    private(set) var paidFen: Int64?
    private(set) var paidAt: Date?
    private(set) var closedAt: Date?
    private(set) var refunds: [SandboxRefund] = []

    init(_ terms: TradeTerms, tradeNo: String, at now: Date) {
        self.terms = terms
        self.tradeNo = tradeNo
        createdAt = now
    }

    /// The amount of the trade that the gateway reports, in fen.
    var amountFen: Int64 { paidFen ?? terms.amountFen }

    /// The sum of all refunds, in fen.
    var refundedFen: Int64 { refunds.reduce(0) { $0 + $1.amountFen } }

    /// Closes the trade when its time is over and nobody paid.
    mutating func lapse(at now: Date) {
        guard status == .waitBuyerPay, let expiresAt = terms.expiresAt, now >= expiresAt else { return }
        status = .tradeClosed
        closedAt = expiresAt
    }

    /// The buyer pays.
    ///
    /// - Parameters:
    ///   - amountFen: another amount than the price.
    ///   - late: whether the payment works although the time is over.
    /// - Throws: ``TradeRefusal``.
    mutating func pay(amountFen: Int64?, late: Bool, at now: Date) throws {
        lapse(at: now)
        guard paidAt == nil else { throw TradeRefusal.hasSuccess }
        let lapsed = status == .tradeClosed && closedAt == terms.expiresAt
        guard status == .waitBuyerPay || (late && lapsed) else { throw TradeRefusal.hasClose }
        status = .tradeSuccess
        closedAt = nil
        paidFen = amountFen ?? terms.amountFen
        paidAt = now
    }

    /// The application closes the trade.
    ///
    /// - Throws: ``TradeRefusal``.
    mutating func close(at now: Date) throws {
        lapse(at: now)
        guard paidAt == nil else { throw TradeRefusal.hasSuccess }
        guard status == .waitBuyerPay else { throw TradeRefusal.hasClose }
        status = .tradeClosed
        closedAt = now
    }

    /// The application refunds.
    ///
    /// - Returns: whether money moved; `false` when the request is a repetition.
    /// - Throws: ``TradeRefusal``.
    mutating func refund(_ requestNumber: String, amountFen: Int64, at now: Date) throws -> Bool {
        if let known = refunds.first(where: { $0.requestNumber == requestNumber }) {
            guard known.amountFen == amountFen else { throw TradeRefusal.refundAmountInvalid }
            return false
        }
        guard let paidFen else { throw TradeRefusal.statusError }
        guard amountFen > 0 else { throw TradeRefusal.refundAmountInvalid }
        guard refundedFen + amountFen <= paidFen else { throw TradeRefusal.refundAmountExceeded }
        refunds.append(SandboxRefund(requestNumber: requestNumber, amountFen: amountFen, at: now))
        if refundedFen == paidFen {
            status = .tradeClosed
            closedAt = now
        }
        return true
    }
}

/// The terms that the application asked for when the trade was opened.
struct TradeTerms: Hashable, Sendable {
    let outTradeNo: String
    let subject: String
    /// In fen.
    let amountFen: Int64
    /// The time at which an unpaid trade is closed.
    let expiresAt: Date?
    let notifyURL: String?
    let returnURL: String?

    /// Whether both mean the same trade. The other terms may differ when a page is opened again.
    func agrees(with other: TradeTerms) -> Bool {
        outTradeNo == other.outTradeNo && amountFen == other.amountFen && subject == other.subject
    }
}

/// Money that went back.
struct SandboxRefund: Hashable, Sendable {
    let requestNumber: String
    /// In fen.
    let amountFen: Int64
    let at: Date
}

/// The gateway's refusals, by its own codes.
struct TradeRefusal: Error, Hashable, Sendable {
    let subCode: String
    let message: String

    static let notExist = TradeRefusal(subCode: "ACQ.TRADE_NOT_EXIST", message: "The trade does not exist.")
    static let hasSuccess = TradeRefusal(subCode: "ACQ.TRADE_HAS_SUCCESS", message: "The trade has been paid.")
    static let hasClose = TradeRefusal(subCode: "ACQ.TRADE_HAS_CLOSE", message: "The trade is closed.")
    static let statusError = TradeRefusal(subCode: "ACQ.TRADE_STATUS_ERROR", message: "The trade has not been paid.")
    static let inconsistent = TradeRefusal(subCode: "ACQ.CONTEXT_INCONSISTENT", message: "The trade exists with other terms.")
    static let billNotExist = TradeRefusal(subCode: "isp.bill_not_exist", message: "There is no bill of that day.")
    static let invalidParameter = TradeRefusal(subCode: "ACQ.INVALID_PARAMETER", message: "A parameter is missing or has no meaning.")
    static let refundAmountInvalid = TradeRefusal(subCode: "ACQ.REASON_TRADE_REFUND_FEE_ERR", message: "The refund's amount is not valid.")
    static let refundAmountExceeded = TradeRefusal(
        subCode: "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", message: "More would be refunded than was paid.")
}
