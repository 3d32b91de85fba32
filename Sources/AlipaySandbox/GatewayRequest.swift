import Foundation
import Shared

/// A request of the application whose signature is good.
struct GatewayRequest: Sendable {
    /// The gateway's method, such as `alipay.trade.query`.
    let interface: String
    let content: [String: String]
    let notifyURL: String?
    let returnURL: String?

    /// - Parameter parameters: the parameters of the URL and of the body, decoded once.
    /// - Throws: ``RequestRefusal``, where the gateway would refuse too.
    init(_ parameters: [(name: String, value: String)], settings: SandboxSettings) throws {
        let values = try Dictionary(parameters.map { ($0.name, $0.value) }) { _, _ in throw RequestRefusal(nil, "isv.invalid-parameter") }
        guard let interface = values["method"], !interface.isEmpty else { throw RequestRefusal(nil, "isv.missing-method") }
        self.interface = interface
        func expect(_ name: String, _ wanted: String, _ subCode: String) throws {
            guard values[name]?.lowercased() == wanted.lowercased() else { throw RequestRefusal(interface, subCode) }
        }
        try expect("app_id", settings.appID, "isv.invalid-app-id")
        try expect("sign_type", "RSA2", "isv.invalid-signature-type")
        try expect("charset", "utf-8", "isv.invalid-charset")
        try expect("version", "1.0", "isv.invalid-version")
        if let certificates = settings.certificates {
            try expect("app_cert_sn", certificates.appSN, "isv.invalid-app-cert-sn")
            try expect("alipay_root_cert_sn", certificates.rootSN, "isv.invalid-root-cert-sn")
        }
        guard values["timestamp"].flatMap(AlipayTimestamp.time) != nil else { throw RequestRefusal(interface, "isv.invalid-timestamp") }
        guard let signature = values["sign"], settings.verifier.accepts(signature, for: AlipayCanonicalText.ofRequest(parameters)) else {
            throw RequestRefusal(interface, "isv.invalid-signature")
        }
        guard
            let json = values["biz_content"],
            let content = try? JSONDecoder().decode([String: ContentValue].self, from: Data(json.utf8))
        else { throw RequestRefusal(interface, "isv.invalid-parameter") }
        self.content = content.compactMapValues(\.text)
        notifyURL = values["notify_url"]
        returnURL = values["return_url"]
    }

    /// The terms of the trade that a paying interface asks for.
    ///
    /// - Throws: ``TradeRefusal/invalidParameter``.
    func terms() throws -> TradeTerms {
        guard
            let outTradeNo = content["out_trade_no"].flatMap(TradeNumber.init(rawValue:)),
            let subject = content["subject"], (1...256).contains(subject.unicodeScalars.count),
            !subject.contains(where: { "/=&".contains($0) }),
            let amountFen = content["total_amount"].flatMap(AlipayAmount.fen), amountFen > 0
        else { throw TradeRefusal.invalidParameter }
        var expiresAt: Date?
        if let text = content["time_expire"] {
            guard let time = AlipayTimestamp.time(text) ?? AlipayTimestamp.time(text + ":00") else { throw TradeRefusal.invalidParameter }
            expiresAt = time
        }
        return TradeTerms(
            outTradeNo: outTradeNo.rawValue, subject: subject, amountFen: amountFen, expiresAt: expiresAt, notifyURL: notifyURL,
            returnURL: returnURL
        )
    }
}

/// A value of the content. The gateway accepts numbers as text. Arrays and objects are not read here.
private struct ContentValue: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.text = text
        } else {
            text = (try? container.decode(Decimal.self)).map { "\($0)" }
        }
    }
}

/// A refusal of a request.
struct RequestRefusal: Error, Hashable, Sendable {
    /// The method, as far as it was understood.
    let interface: String?
    let subCode: String

    init(_ interface: String?, _ subCode: String) {
        self.interface = interface
        self.subCode = subCode
    }
}
