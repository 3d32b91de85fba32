import Foundation

/// The members of the gateway's answers that we read.
struct AlipayAnswer: Decodable, Hashable {
    /// `10000` when the gateway did what it was asked.
    let code: String
    /// The reason for any other code.
    let subCode: String?
    let outTradeNo: String?
    let tradeNo: String?
    let tradeStatus: String?
    let totalAmount: String?
    let sendPayDate: String?
    let outRequestNo: String?
    /// `Y` when this very call moved money.
    let fundChange: String?
    let refundStatus: String?
    let refundAmount: String?
    /// The URL of a bill.
    let billDownloadURL: String?

    enum CodingKeys: String, CodingKey {
        case code
        case subCode = "sub_code"
        case outTradeNo = "out_trade_no"
        case tradeNo = "trade_no"
        case tradeStatus = "trade_status"
        case totalAmount = "total_amount"
        case sendPayDate = "send_pay_date"
        case outRequestNo = "out_request_no"
        case fundChange = "fund_change"
        case refundStatus = "refund_status"
        case refundAmount = "refund_amount"
        case billDownloadURL = "bill_download_url"
    }

    /// Reads an answer whose signature is good.
    ///
    /// - Throws: ``GatewayFailure/untrusted(reason:)``.
    init(_ content: [UInt8]) throws {
        do {
            self = try JSONDecoder().decode(AlipayAnswer.self, from: Data(content))
        } catch {
            throw GatewayFailure.untrusted(reason: "The answer's content has another form.")
        }
    }

    /// Whether the gateway did what it was asked.
    var isGood: Bool { code == "10000" }

    /// The failure that an answer without the code `10000` stands for.
    var failure: GatewayFailure {
        let reason = subCode ?? code
        // With 20000 and the system errors the gateway doesn't know itself what happened, so nothing may be concluded from them.
        let lostTrack = code == "20000" || reason.hasSuffix("SYSTEM_ERROR") || reason.hasPrefix("isp.")
        if lostTrack { return .outcomeUnknown(code: reason) }
        // The seller will put money into its account sooner or later.
        return reason == "ACQ.SELLER_BALANCE_NOT_ENOUGH" ? .notYet(code: reason) : .refused(code: reason)
    }
}
