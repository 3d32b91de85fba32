import Foundation
import Shared
import TestSupport

/// The two parties' keys and names, and notifications between them.
struct AlipayFixture: Sendable {
    static let appID = "2021000000000001"
    static let sellerID = "2088000000000001"
    static let gatewayURL = "http://127.0.0.1:1/gateway.do"
    static let notifyURL = "http://127.0.0.1:8001/v1/payments/alipay/notifications"

    /// Our application's key pair.
    let app: AlipaySigner
    /// Alipay's key pair.
    let alipay: AlipaySigner
    let configuration: AlipayConfiguration

    /// Made once: keys take their time.
    static let shared = Result { try AlipayFixture() }

    private init() throws {
        app = try AlipaySigner()
        alipay = try AlipaySigner()
        configuration = try AlipayConfiguration(
            appID: Self.appID, sellerID: Self.sellerID, gatewayURL: Self.gatewayURL, notifyURL: Self.notifyURL,
            returnURL: "http://127.0.0.1:8001/", appPrivateKey: app.privateKeyPEM, alipayPublicKey: alipay.publicKeyPEM
        )
    }

    /// A notification that 88.00 yuan were paid, unsigned.
    static let paid = [
        "notify_time": "2026-11-22 20:03:05",
        "notify_type": "trade_status_sync",
        "notify_id": "ac05099524730693a8b330c5ecf72da978",
        "app_id": appID,
        "auth_app_id": appID,
        "charset": "utf-8",
        "version": "1.0",
        "trade_no": "2026112222001400000000000001",
        "out_trade_no": "20261122abcdefghijklmnopqrstuvwx",
        "buyer_id": "2088102100000001",
        "seller_id": sellerID,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "88.00",
        "receipt_amount": "88.00",
        "subject": "电影票 Hero + 6 & 7 = 13, 100% 🎬 ｆｕｌｌ",
        "fund_bill_list": #"[{"amount":"88.00","fundChannel":"ALIPAYACCOUNT"}]"#,
        "gmt_create": "2026-11-22 20:02:59",
        "gmt_payment": "2026-11-22 20:03:04",
    ]

    /// Signs as python-alipay-sdk does, with Alipay's key unless another is given.
    func signedByPython(_ parameters: [String: String] = paid, key: AlipaySigner? = nil) async throws -> [(name: String, value: String)] {
        struct Order: Encodable {
            let `do` = "sign_notification"
            let private_key: String
            let public_key: String
            let parameters: [String: String]
        }
        struct Answer: Decodable { let form: String }
        let order = Order(private_key: (key ?? alipay).privateKeyPEM, public_key: app.publicKeyPEM, parameters: parameters)
        let answer = try await Oracle.python("alipay_oracle.py", order, as: Answer.self)
        guard let form = AlipayForm.decode(answer.form) else { throw FormBroken() }
        return form
    }

    /// Signs as our own code does.
    func signed(_ parameters: [String: String], key: AlipaySigner? = nil) throws -> [(name: String, value: String)] {
        let form = parameters.map { (name: $0.key, value: $0.value) } + [(name: "sign_type", value: "RSA2")]
        return form + [(name: "sign", value: try (key ?? alipay).sign(AlipayCanonicalText.ofNotification(form)))]
    }

    /// Asks python-alipay-sdk which of our requests are rightly signed.
    func pythonAccepts(requests forms: [String]) async throws -> [Bool] {
        struct Order: Encodable {
            let `do` = "verify_requests"
            let private_key: String
            let public_key: String
            let forms: [String]
        }
        struct Answer: Decodable { let good: [Bool] }
        let order = Order(private_key: alipay.privateKeyPEM, public_key: app.publicKeyPEM, forms: forms)
        return try await Oracle.python("alipay_oracle.py", order, as: Answer.self).good
    }

    struct FormBroken: Error {}
}

extension [(name: String, value: String)] {
    /// The value of the first parameter of that name.
    subscript(_ name: String) -> String? {
        first { $0.name == name }?.value
    }

    /// The same with another value.
    func with(_ name: String, _ value: String) -> Self {
        map { $0.name == name ? (name, value) : $0 }
    }

    func without(_ name: String) -> Self {
        filter { $0.name != name }
    }
}
