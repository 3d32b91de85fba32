package import AsyncHTTPClient
import Database
import Foundation
import NIOCore
package import Text

/// Alipay (openapi.alipay.com), signing with RSA2 in public-key mode or in certificate mode.
package struct AlipayGateway: PaymentGateway {
    package let name = "alipay"
    package let channel = PaymentChannel.online

    private let configuration: AlipayConfiguration
    private let client: AlipayClient

    /// - Parameters:
    ///   - http: a client with ``httpConfiguration``. Its owner shuts it down.
    ///   - timeout: how long a call may take from beginning to end.
    package init(configuration: AlipayConfiguration, http: HTTPClient, timeout: Duration = .seconds(10)) {
        self.configuration = configuration
        client = AlipayClient(configuration: configuration, http: http, timeout: timeout)
    }

    /// The configuration of an HTTP client for gateways: no redirections, and short time limits.
    package static var httpConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(10))
        return configuration
    }

    package var methods: [PaymentMethod] { AlipayMethod.allCases.map(\.method) }

    /// A notice is repeated until the answer is exactly `success`: no line end, no quotes.
    package var acknowledgement: NoticeAcknowledgement? { NoticeAcknowledgement(accepted: "success", refused: "failure") }

    package func start(_ trade: NewTrade, method: PaymentMethod) throws -> PaymentInstruction {
        guard let method = AlipayMethod(rawValue: method.rawValue) else { throw GatewayFailure.refused(code: "method_unknown") }
        var content = [
            "out_trade_no": trade.outTradeNo.rawValue,
            "total_amount": AlipayAmount.text(fen: trade.amountFen),
            "subject": Self.subject(trade.subject),
            "product_code": method.productCode,
            // The absolute time is sent, because timeout_express would count from the moment when the buyer opens the page.
            "time_expire": AlipayTimestamp.text(trade.expiresAt),
        ]
        let returnURL = method == .app ? nil : trade.returnURL ?? configuration.returnURL
        if method == .wap, let returnURL { content["quit_url"] = returnURL }
        let request = try AlipayRequest(
            method.interface, content: content, notifies: true, returnURL: returnURL, at: Date(), configuration: configuration
        )
        return method == .app ? .orderString(request.form) : .payURL(configuration.gatewayURL + "?" + request.form)
    }

    package func notice(from posted: PostedNotice) throws -> PaymentFact {
        try AlipayNotification(posted, configuration: configuration).fact(gateway: name)
    }

    package func claimedTrade(in posted: PostedNotice) -> TradeNumber? { AlipayNotification.claimedTrade(in: posted) }

    package func query(_ outTradeNo: TradeNumber) async throws -> TradeReport {
        let answer = try await client.call("alipay.trade.query", content: ["out_trade_no": outTradeNo.rawValue])
        if answer.subCode == "ACQ.TRADE_NOT_EXIST" { return .neverOpened }
        guard answer.isGood else { throw answer.failure }
        guard
            answer.outTradeNo == outTradeNo.rawValue,
            let tradeNo = answer.tradeNo, (1...64).contains(tradeNo.utf8.count),
            let status = answer.tradeStatus.flatMap(AlipayTradeStatus.init(rawValue:))?.status,
            let amount = answer.totalAmount.flatMap(AlipayAmount.fen)
        else { throw GatewayFailure.untrusted(reason: "The answer to the query has another form.") }
        let paidAt = answer.sendPayDate.flatMap(AlipayTimestamp.time)
        return .found(
            PaymentFact(
                gateway: name,
                origin: .query,
                outTradeNo: outTradeNo,
                tradeNo: tradeNo,
                status: status,
                amountFen: amount,
                // A closed trade that was paid has been refunded entirely.
                refund: status == .closed && paidAt != nil ? .init(totalFen: amount, requestNumber: nil) : nil,
                paidAt: paidAt
            )
        )
    }

    package func close(_ outTradeNo: TradeNumber) async throws -> TradeClosing {
        let answer = try await client.call("alipay.trade.close", content: ["out_trade_no": outTradeNo.rawValue])
        switch answer.subCode {
        case _ where answer.isGood: return .closed
        case "ACQ.TRADE_NOT_EXIST": return .neverOpened
        case "ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_HAS_CLOSE", "ACQ.TRADE_HAS_FINISHED", "ACQ.TRADE_STATUS_ERROR": return .alreadyDecided
        default: throw answer.failure
        }
    }

    package func refund(_ refund: RefundRequest) async throws -> RefundReport {
        let answer = try await client.call(
            "alipay.trade.refund",
            content: [
                "out_trade_no": refund.outTradeNo.rawValue,
                "out_request_no": refund.requestNumber.rawValue,
                "refund_amount": AlipayAmount.text(fen: refund.amountFen),
                "refund_reason": Self.shortened(refund.reason, to: 256),
            ]
        )
        guard answer.isGood else { throw answer.failure }
        // 10000 only says that the request was accepted.
        return answer.fundChange == "Y" ? .refunded : .undecided
    }

    package func queryRefund(_ refund: RefundRequest) async throws -> RefundReport {
        let answer = try await client.call(
            "alipay.trade.fastpay.refund.query",
            content: ["out_trade_no": refund.outTradeNo.rawValue, "out_request_no": refund.requestNumber.rawValue]
        )
        if answer.subCode == "ACQ.TRADE_NOT_EXIST" { return .undecided }
        guard answer.isGood else { throw answer.failure }
        let isRefunded =
            answer.refundStatus == "REFUND_SUCCESS" && answer.outRequestNo == refund.requestNumber.rawValue
            && answer.refundAmount.flatMap(AlipayAmount.fen) == refund.amountFen
        return isRefunded ? .refunded : .undecided
    }

    package var sendsBills: Bool { true }

    package func bill(of day: CalendarDay) async throws -> [BillLine]? {
        let answer = try await client.call(
            "alipay.data.dataservice.bill.downloadurl.query", content: ["bill_type": "trade", "bill_date": day.description]
        )
        // The gateway makes the bill in the morning of the next day.
        if answer.subCode == "isp.bill_not_exist" { throw GatewayFailure.notYet(code: "isp.bill_not_exist") }
        guard answer.isGood else { throw answer.failure }
        guard let address = answer.billDownloadURL else { throw GatewayFailure.untrusted(reason: "The answer names no bill.") }
        return try AlipayBill(try await client.download(address)).lines
    }

    /// A subject that the gateway accepts. It refuses `/`, `=` and `&`, which become their full-width forms, and more than 256 characters.
    static func subject(_ text: String) -> String {
        let allowed = text.replacing("/", with: "\u{FF0F}").replacing("=", with: "\u{FF1D}").replacing("&", with: "\u{FF06}")
        return shortened(allowed, to: 256)
    }

    private static func shortened(_ text: String, to length: Int) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
    }
}
