import Foundation
import Shared

/// Answers the application's requests as the gateway does.
struct GatewayDesk: Sendable {
    let settings: SandboxSettings
    let sandbox: Sandbox

    /// The answer to a request.
    enum Outcome: Sendable {
        /// A signed answer to the application.
        case answer(String)
        /// The cashier's page, for the buyer.
        case cashier(SandboxTrade)
        /// A page that says what is wrong, for the buyer.
        case refusedPage(String)
    }

    /// - Parameter address: the host and port to which the request was sent.
    /// - Throws: when the key cannot sign.
    func handle(_ parameters: [(name: String, value: String)], address: String) async throws -> Outcome {
        let request: GatewayRequest
        do {
            request = try GatewayRequest(parameters, settings: settings)
        } catch let refusal as RequestRefusal {
            if refusal.interface.map(Self.isPage) ?? false { return .refusedPage(refusal.subCode) }
            return .answer(try refused(refusal))
        }
        do {
            if Self.isPage(request.interface) { return .cashier(try await sandbox.open(try request.terms())) }
            return .answer(try envelope(request.interface, try await content(request, address: address)))
        } catch let refusal as TradeRefusal {
            if Self.isPage(request.interface) { return .refusedPage(refusal.subCode) }
            let content = ["code": "40004", "msg": "Business Failed", "sub_code": refusal.subCode, "sub_msg": refusal.message]
            return .answer(try envelope(request.interface, content))
        } catch let refusal as RequestRefusal {
            return .answer(try refused(refusal))
        }
    }

    /// The parameters with which the buyer's browser goes back to the application. They prove nothing, though they are signed.
    func returnAddress(of trade: SandboxTrade) throws -> String? {
        guard let returnURL = trade.terms.returnURL else { return nil }
        let parameters = [
            (name: "app_id", value: settings.appID),
            (name: "auth_app_id", value: settings.appID),
            (name: "charset", value: "utf-8"),
            (name: "method", value: "alipay.trade.page.pay.return"),
            (name: "out_trade_no", value: trade.terms.outTradeNo),
            (name: "seller_id", value: settings.sellerID),
            (name: "timestamp", value: AlipayTimestamp.text(Date())),
            (name: "total_amount", value: AlipayAmount.text(fen: trade.amountFen)),
            (name: "trade_no", value: trade.tradeNo),
            (name: "version", value: "1.0"),
        ]
        let signature = try settings.signer.sign(AlipayCanonicalText.ofNotification(parameters))
        return returnURL + "?" + AlipayForm.encode(parameters + [(name: "sign_type", value: "RSA2"), (name: "sign", value: signature)])
    }

    private static func isPage(_ interface: String) -> Bool {
        interface == "alipay.trade.page.pay" || interface == "alipay.trade.wap.pay"
    }

    private func content(_ request: GatewayRequest, address: String) async throws -> [String: String] {
        switch request.interface {
        case "alipay.trade.app.pay": good(try await sandbox.open(try request.terms()))
        case "alipay.trade.query": query(try await sandbox.trade(namedBy: request.content))
        case "alipay.trade.close": good(try await sandbox.close(try await sandbox.trade(namedBy: request.content).terms.outTradeNo))
        case "alipay.trade.refund": try await refund(request)
        case "alipay.trade.fastpay.refund.query": try await queryRefund(request)
        case "alipay.data.dataservice.bill.downloadurl.query": try await billAddress(request, address: address)
        default: throw RequestRefusal(request.interface, "isv.invalid-method")
        }
    }

    private func good(_ trade: SandboxTrade) -> [String: String] {
        ["code": "10000", "msg": "Success", "out_trade_no": trade.terms.outTradeNo, "trade_no": trade.tradeNo]
    }

    private func query(_ trade: SandboxTrade) -> [String: String] {
        var content = good(trade)
        content["trade_status"] = trade.status.rawValue
        content["total_amount"] = AlipayAmount.text(fen: trade.amountFen)
        content["buyer_logon_id"] = "pia***@sandbox.com"
        if let paidAt = trade.paidAt { content["send_pay_date"] = AlipayTimestamp.text(paidAt) }
        return content
    }

    private func refund(_ request: GatewayRequest) async throws -> [String: String] {
        let named = try await sandbox.trade(namedBy: request.content).terms.outTradeNo
        guard let amountFen = request.content["refund_amount"].flatMap(AlipayAmount.fen) else { throw TradeRefusal.invalidParameter }
        // A refund without a number of its own refunds the whole trade.
        let requestNumber = request.content["out_request_no"] ?? named
        let (trade, moved) = try await sandbox.refund(named, requestNumber: requestNumber, amountFen: amountFen)
        var content = good(trade)
        content["fund_change"] = moved ? "Y" : "N"
        content["refund_fee"] = AlipayAmount.text(fen: trade.refundedFen)
        content["buyer_logon_id"] = "pia***@sandbox.com"
        return content
    }

    private func queryRefund(_ request: GatewayRequest) async throws -> [String: String] {
        let trade = try await sandbox.trade(namedBy: request.content)
        guard let requestNumber = request.content["out_request_no"] else { throw TradeRefusal.invalidParameter }
        guard let refund = trade.refunds.first(where: { $0.requestNumber == requestNumber }) else {
            return ["code": "10000", "msg": "Success"]
        }
        var content = good(trade)
        content["out_request_no"] = refund.requestNumber
        content["refund_amount"] = AlipayAmount.text(fen: refund.amountFen)
        content["total_amount"] = AlipayAmount.text(fen: trade.amountFen)
        content["refund_status"] = "REFUND_SUCCESS"
        return content
    }

    private func billAddress(_ request: GatewayRequest, address: String) async throws -> [String: String] {
        guard request.content["bill_type"] == "trade", let day = request.content["bill_date"] else { throw TradeRefusal.invalidParameter }
        _ = try await sandbox.bill(of: day)
        return ["code": "10000", "msg": "Success", "bill_download_url": "http://\(address)/sandbox/bills/\(day).csv"]
    }

    private func refused(_ refusal: RequestRefusal) throws -> String {
        let content = ["code": "40002", "msg": "Invalid Arguments", "sub_code": refusal.subCode, "sub_msg": "The request is refused."]
        return try envelope(refusal.interface, content)
    }

    /// The signature is made over the content's bytes as they are sent.
    private func envelope(_ interface: String?, _ content: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(content), as: UTF8.self)
        // Text that can't be a method's name must not get into the JSON.
        let isName = interface?.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: ".") } ?? false
        let name = isName ? (interface ?? "").replacing(".", with: "_") + "_response" : "error_response"
        let certificate = settings.certificates.map { ",\"alipay_cert_sn\":\"\($0.alipaySN)\"" } ?? ""
        return "{\"\(name)\":\(json)\(certificate),\"sign\":\"\(try settings.signer.sign(json))\"}"
    }
}
