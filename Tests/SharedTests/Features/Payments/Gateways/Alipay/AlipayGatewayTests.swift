import AsyncHTTPClient
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Starting payments with Alipay", .inTurn)
struct AlipayGatewayTests {
    static let subjects = [
        "电影票 英雄", "a+b & c=d 100% %41", "🎬 ｆｕｌｌ-width", #"quotes " and \ and { braces }"#, "a/b", String(repeating: "长🎬", count: 200),
    ]

    private func trade(_ subject: String, amountFen: Int64 = 8_801) throws -> NewTrade {
        NewTrade(
            outTradeNo: try #require(TradeNumber(rawValue: "T_1")), amountFen: amountFen, subject: subject,
            expiresAt: try #require(AlipayTimestamp.time("2026-11-22 20:18:05"))
        )
    }

    /// The signed form of a new payment.
    private func form(_ method: AlipayMethod, subject: String) throws -> String {
        let gateway = AlipayGateway(configuration: try AlipayFixture.shared.get().configuration, http: .shared)
        switch try gateway.start(try trade(subject), method: method.method) {
        case .payURL(let url):
            #expect(method != .app)
            #expect(url.hasPrefix(AlipayFixture.gatewayURL + "?"))
            #expect(URL(string: url) != nil)
            return String(url.dropFirst(AlipayFixture.gatewayURL.count + 1))
        case .orderString(let text):
            #expect(method == .app)
            return text
        case .nothing: throw GatewayFailure.refused(code: "nothing_to_do")
        }
    }

    @Test("Pay addresses and order strings are rightly signed, says python-alipay-sdk")
    func signed() async throws {
        var forms: [String] = []
        for method in AlipayMethod.allCases {
            for subject in Self.subjects { forms.append(try form(method, subject: subject)) }
        }
        let altered = forms[0].replacing("88.01", with: "88.02")
        let good = try await AlipayFixture.shared.get().pythonAccepts(requests: forms + [altered])
        #expect(good == forms.map { _ in true } + [false])
    }

    @Test("They say what the gateway wants to know", arguments: AlipayMethod.allCases, subjects)
    func content(method: AlipayMethod, subject: String) throws {
        let parameters = try #require(AlipayForm.decode(try form(method, subject: subject)))
        #expect(parameters["sign_type"] == "RSA2")
        #expect(parameters["charset"] == "utf-8")
        #expect(parameters["notify_url"] == AlipayFixture.notifyURL)
        #expect(parameters["timestamp"].flatMap(AlipayTimestamp.time) != nil)
        let content = try JSONDecoder().decode([String: String].self, from: Data(try #require(parameters["biz_content"]).utf8))
        #expect(content["total_amount"] == "88.01")
        #expect(content["out_trade_no"] == "T_1")
        #expect(content["time_expire"] == "2026-11-22 20:18:05")
        let sent = try #require(content["subject"])
        #expect(sent.unicodeScalars.count <= 256 && !sent.contains(where: { "/=&".contains($0) }))
    }

    @Test("Each method is its own interface and product")
    func products() throws {
        let fixture = try AlipayFixture.shared.get()
        let gateway = AlipayGateway(configuration: fixture.configuration, http: .shared)
        #expect(gateway.methods.map(\.rawValue) == ["alipay_page", "alipay_wap", "alipay_app"])
        let wanted = [
            ("alipay_page", "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
            ("alipay_wap", "alipay.trade.wap.pay", "QUICK_WAP_PAY"),
            ("alipay_app", "alipay.trade.app.pay", "QUICK_MSECURITY_PAY"),
        ]
        for (method, interface, product) in wanted {
            let form =
                switch try gateway.start(try trade("x"), method: PaymentMethod(rawValue: method)) {
                case .payURL(let url): String(url.drop { $0 != "?" }.dropFirst())
                case .orderString(let text): text
                case .nothing: ""
                }
            let parameters = try #require(AlipayForm.decode(form))
            #expect(parameters["method"] == interface)
            #expect(parameters["biz_content"]?.contains(product) == true)
        }
        #expect(throws: GatewayFailure.self) { try gateway.start(try trade("x"), method: PaymentMethod(rawValue: "cash")) }
    }

    @Test("A gateway that nobody answers for is unreachable, not unpaid")
    func unreachable() async throws {
        let fixture = try AlipayFixture.shared.get()
        let gateway = AlipayGateway(configuration: fixture.configuration, http: .shared, timeout: .seconds(5))
        await #expect(throws: GatewayFailure.self) { try await gateway.query(try #require(TradeNumber(rawValue: "T_1"))) }
    }
}
