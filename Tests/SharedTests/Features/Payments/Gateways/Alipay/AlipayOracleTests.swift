import AsyncHTTPClient
import Database
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Shared
import Synchronization
import TestSupport
import Testing
import Text

@Suite("Three implementations of others, each playing the gateway", .inTurn)
struct AlipayOracleTests {
    /// Values that a careless decoder, encoder or joiner breaks.
    static let vectors: [String: String] = [
        "subject": "a+b & c=d 100% %41 %2B", "body": "🎬👩‍👩‍👧 ｆｕｌｌ－ｗｉｄｔｈ　电影票 \u{00E9}e\u{0301}", "passback_params": "x%3D1%26y%3D2",
        "buyer_logon_id": "pia***@sandbox.com", "voucher_detail_list": #"[{"name":"a\/b","amount":"0.00"}]"#,
        "brand_new": " leading and trailing ",
    ]

    private func gateway(_ url: String = AlipayFixture.gatewayURL) throws -> AlipayGateway {
        let fixture = try AlipayFixture.shared.get()
        let configuration = try AlipayConfiguration(
            appID: AlipayFixture.appID, sellerID: AlipayFixture.sellerID, gatewayURL: url, notifyURL: AlipayFixture.notifyURL,
            returnURL: "http://127.0.0.1:8001/", appPrivateKey: fixture.app.privateKeyPEM, alipayPublicKey: fixture.alipay.publicKeyPEM
        )
        return AlipayGateway(configuration: configuration, http: .shared)
    }

    @Test("We believe the notifications that it signs, whatever stands in them", arguments: AlipayOracle.allCases)
    func notifications(oracle: AlipayOracle) async throws {
        let gateway = try gateway()
        for (name, value) in Self.vectors {
            let form = try await oracle.notification(AlipayFixture.paid.merging([name: value]) { $1 })
            let posted = try #require(AlipayForm.decode(AlipayForm.encode(form)))
            #expect(throws: Never.self, "\(name)") { try gateway.notice(from: posted) }
            #expect(throws: NoticeRefusal.signatureInvalid, "\(name)") { try gateway.notice(from: posted.with(name, value + " ")) }
        }
        var all = AlipayFixture.paid.merging(Self.vectors) { $1 }
        if oracle.leavesEmptyValuesOut { all.merge(["invoice_amount": "", "point_amount": ""]) { $1 } }
        let form = try await oracle.notification(all)
        let fact = try gateway.notice(from: try #require(AlipayForm.decode(AlipayForm.encode(form))))
        #expect(fact.amountFen == 8_800 && fact.status == .succeeded)
    }

    @Test("It believes each kind of request that we make", arguments: AlipayOracle.allCases)
    func requests(oracle: AlipayOracle) async throws {
        var forms = try pages()
        #expect(forms.count == 18)
        let calls = try await calls()
        #expect(calls.count == 5)
        forms += calls
        let altered = [
            forms[0].replacing("88.01", with: "88.02"), calls[0] + "&extra=1", calls[0].replacing("sign_type=RSA2", with: "sign_type=RSA"),
        ]
        let good = try await oracle.accepts(requests: forms + altered)
        #expect(good == forms.map { _ in true } + altered.map { _ in false })
    }

    /// Our pay addresses and order strings.
    private func pages() throws -> [String] {
        let gateway = try gateway()
        return try AlipayMethod.allCases.flatMap { method in
            try AlipayGatewayTests.subjects.map { subject in
                let trade = NewTrade(
                    outTradeNo: try #require(TradeNumber(rawValue: "T_1")), amountFen: 8_801, subject: subject, expiresAt: Date() + 900
                )
                let instruction = try gateway.start(trade, method: method.method)
                if case .payURL(let url) = instruction { return String(url.drop { $0 != "?" }.dropFirst()) }
                guard case .orderString(let text) = instruction else { throw AlipayFixture.FormBroken() }
                return text
            }
        }
    }

    /// What we send to the gateway itself, as it arrives: query, closing, refund, its query, and the question for a bill.
    private func calls() async throws -> [String] {
        let arrived = Mutex<[String]>([])
        let router = Router()
        router.post("/gateway.do") { request, _ in
            let body = String(buffer: try await request.body.collect(upTo: 65_536))
            arrived.withLock { $0.append((request.uri.query ?? "") + "&" + body) }
            return "nothing that would be believed"
        }
        let number = try #require(TradeNumber(rawValue: "T_1"))
        let refund = RefundRequest(outTradeNo: number, requestNumber: number, amountFen: 100, reason: "改签 + 100% & more = 🎬 / \\")
        let day = try #require(CalendarDay("2026-11-22"))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: router, logger: logger).test(.live) { client in
            let gateway = try gateway("http://127.0.0.1:\(try #require(client.port))/gateway.do")
            await #expect(throws: GatewayFailure.self) { try await gateway.query(number) }
            await #expect(throws: GatewayFailure.self) { try await gateway.close(number) }
            await #expect(throws: GatewayFailure.self) { try await gateway.refund(refund) }
            await #expect(throws: GatewayFailure.self) { try await gateway.queryRefund(refund) }
            await #expect(throws: GatewayFailure.self) { try await gateway.bill(of: day) }
        }
        return arrived.withLock { $0 }
    }
}
