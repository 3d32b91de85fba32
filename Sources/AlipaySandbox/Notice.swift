import Foundation
import Shared

/// A notice to the application, unsigned.
struct Notice: Sendable {
    let parameters: [(name: String, value: String)]

    /// A notice of a trade's present state.
    ///
    /// - Parameter refund: the refund that the notice reports.
    init(_ trade: SandboxTrade, status: AlipayTradeStatus? = nil, refund: SandboxRefund? = nil, settings: SandboxSettings, at now: Date) {
        var parameters = [
            (name: "notify_time", value: AlipayTimestamp.text(now)),
            (name: "notify_type", value: "trade_status_sync"),
            (name: "notify_id", value: UUID().uuidString.lowercased().replacing("-", with: "")),
            (name: "app_id", value: settings.appID),
            (name: "auth_app_id", value: settings.appID),
            (name: "charset", value: "utf-8"),
            (name: "version", value: "1.0"),
            (name: "trade_no", value: trade.tradeNo),
            (name: "out_trade_no", value: trade.terms.outTradeNo),
            (name: "buyer_id", value: "2088102100000001"),
            (name: "buyer_logon_id", value: "pia***@sandbox.com"),
            (name: "seller_id", value: settings.sellerID),
            (name: "trade_status", value: (status ?? trade.status).rawValue),
            (name: "total_amount", value: AlipayAmount.text(fen: trade.amountFen)),
            (name: "subject", value: trade.terms.subject),
            (name: "gmt_create", value: AlipayTimestamp.text(trade.createdAt)),
        ]
        if let certificates = settings.certificates { parameters.append((name: "alipay_cert_sn", value: certificates.alipaySN)) }
        if let paidAt = trade.paidAt, status == nil {
            parameters.append((name: "gmt_payment", value: AlipayTimestamp.text(paidAt)))
            parameters.append((name: "receipt_amount", value: AlipayAmount.text(fen: trade.amountFen)))
            parameters.append((name: "buyer_pay_amount", value: AlipayAmount.text(fen: trade.amountFen)))
            parameters.append((name: "point_amount", value: "0.00"))
        }
        if let refund {
            parameters.append((name: "out_biz_no", value: refund.requestNumber))
            parameters.append((name: "refund_fee", value: AlipayAmount.text(fen: trade.refundedFen)))
            // The real gateway's time has a fraction of a second.
            parameters.append((name: "gmt_refund", value: AlipayTimestamp.text(refund.at) + ".000"))
        }
        if let closedAt = trade.closedAt, status == nil { parameters.append((name: "gmt_close", value: AlipayTimestamp.text(closedAt))) }
        self.parameters = parameters
    }

    /// The form to be posted: signed, with the tampering of a knob.
    ///
    /// - Parameter charset: a name of ``AlipayCharset``, which the notice names too. Characters that the set lacks become question marks.
    /// - Throws: when the key cannot sign.
    func form(signer: AlipaySigner, tampering: Tampering?, charset name: String = "utf-8") throws -> String {
        let charset = AlipayCharset(name: name) ?? .utf8
        func bytes(_ parameters: [(name: String, value: String)]) -> [AlipayParameter] {
            parameters.map {
                AlipayParameter(name: Array($0.name.utf8), value: charset.bytes($0.value) ?? Self.replacing($0.value, charset))
            }
        }
        let named: [(name: String, value: String)] = parameters.map { ($0.name, $0.name == "charset" ? name : $0.value) }
        let content = tampering?.beforeSigning(named) ?? named
        let signature = try signer.sign(AlipayCanonicalText.ofNotification(bytes(content)))
        let signed = content + [(name: "sign_type", value: "RSA2"), (name: "sign", value: signature)]
        return AlipayForm.encode(bytes(try tampering?.afterSigning(signed) ?? signed))
    }

    private static func replacing(_ text: String, _ charset: AlipayCharset) -> [UInt8] {
        text.flatMap { charset.bytes(String($0)) ?? [UInt8(ascii: "?")] }
    }
}
