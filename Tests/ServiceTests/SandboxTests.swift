import Foundation
import NIOHTTP1
import Shared
import TestSupport
import Testing

@testable import AlipaySandbox

@Suite("The sandbox and our gateway, over HTTP", .inTurn)
struct SandboxTests {
    @Test(
        "A pay address opens the trade and shows the cashier; paying it brings a notice that we believe",
        arguments: [AlipayMethod.page, .wap])
    func journey(method: AlipayMethod) async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            #expect(try await sandbox.gateway.query(trade.outTradeNo) == .neverOpened)
            #expect(try await sandbox.pay(trade).status == 404)
            let page = try await sandbox.open(trade, method: method)
            #expect(page.status == 200)
            #expect(page.body.contains("Pay ¥88.00") && page.body.contains("/cashier/\(trade.outTradeNo)/pay"))
            guard case .found(let waiting) = try await sandbox.gateway.query(trade.outTradeNo) else { throw NotFound() }
            #expect(waiting.status == .waiting && waiting.amountFen == 8_800)
            #expect(try await sandbox.pay(trade).status == 200)
            #expect(try await sandbox.pay(trade).status == 409)
            let fact = try sandbox.gateway.notice(from: try #require(try await sandbox.notices(1).first))
            #expect(fact.status == .succeeded && fact.amountFen == 8_800 && fact.outTradeNo == trade.outTradeNo && fact.refund == nil)
            guard case .found(let paid) = try await sandbox.gateway.query(trade.outTradeNo) else { throw NotFound() }
            #expect(paid.status == .succeeded && paid.tradeNo == fact.tradeNo && paid.paidAt == fact.paidAt)
            #expect(try await sandbox.gateway.close(trade.outTradeNo) == .alreadyDecided)
        }
    }

    @Test("python-alipay-sdk's requests are taken, and it believes the answers")
    func python() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            let unknown = try await sandbox.queriedByPython(trade)
            #expect(unknown["code"] == "40004" && unknown["sub_code"] == "ACQ.TRADE_NOT_EXIST")
            _ = try await sandbox.open(trade)
            _ = try await sandbox.pay(trade)
            let paid = try await sandbox.queriedByPython(trade)
            #expect(paid["code"] == "10000" && paid["trade_status"] == "TRADE_SUCCESS" && paid["total_amount"] == "88.00")
        }
    }

    @Test("The requests of Alipay's own package are taken, and an altered one is not")
    func official() async throws {
        struct Order: Encodable {
            let `do` = "make_requests"
            let app_id = "2021"
            let private_key: String
            let contents: [[Content]]
        }
        enum Content: Encodable {
            case kind(String)
            case content([String: String])

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .kind(let text): try container.encode(text)
                case .content(let values): try container.encode(values)
                }
            }
        }
        struct Answer: Decodable { let forms: [String] }
        let (app, alipay) = try SandboxFixture.keys.get()
        let trade = ["out_trade_no": "T_1", "total_amount": "88.00", "subject": "a+b c 100% 🎬 ｆｕｌｌ", "product_code": "x"]
        let contents: [[Content]] =
            ["page_pay", "wap_pay", "app_pay"].map { [.kind($0), .content(trade)] }
            + [
                [.kind("query"), .content(["out_trade_no": "T_1"])],
                [.kind("refund"), .content(["out_trade_no": "T_1", "refund_amount": "1"])],
            ]
        let answer = try await Oracle.python(
            "alipay_official_oracle.py", Order(private_key: app.privateKeyPEM, contents: contents), as: Answer.self, in: .official)
        let settings = SandboxSettings(
            appID: "2021", sellerID: "2088", signer: alipay, verifier: try AlipayVerifier(publicKey: app.publicKeyPEM))
        for form in answer.forms {
            let parameters = try #require(AlipayForm.decode(form))
            let request = try GatewayRequest(parameters, settings: settings)
            #expect(request.content["out_trade_no"] == "T_1")
            #expect(throws: RequestRefusal(request.interface, "isv.invalid-signature")) {
                try GatewayRequest(parameters + [(name: "extra", value: "1")], settings: settings)
            }
        }
        #expect(answer.forms.count == 5)
    }

    @Test("An order string posted to the gateway opens the trade")
    func app() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            let answer = try await sandbox.open(trade, method: .app)
            #expect(answer.body.contains("alipay_trade_app_pay_response"))
            #expect(try await sandbox.pay(trade).status == 200)
            #expect(try await sandbox.notices(1).count == 1)
        }
    }

    @Test("The cashier's button pays and leads back to the application")
    func button() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            _ = try await sandbox.open(trade)
            #expect(try await sandbox.send(.POST, sandbox.url + "/cashier/unknown/pay").status == 404)
            let page = try await sandbox.send(.POST, sandbox.url + "/cashier/\(trade.outTradeNo)/pay")
            #expect(page.status == 200 && page.body.contains("being confirmed"))
            #expect(try await sandbox.notices(1).count == 1)
        }
    }

    @Test("Where the demo's browser comes back to, whatever the cashier sends along, it is told that the payment is being confirmed")
    func returned() async throws {
        try await SandboxFixture.run { sandbox in
            for query in ["", "?out_trade_no=T_1&total_amount=88.00&sign_type=RSA2&sign=%2B%2F%3D", "?trade_status=%zz&&="] {
                let page = try await sandbox.send(.GET, sandbox.url + "/returned" + query)
                #expect(page.status == 200 && page.body.contains("being confirmed"), "\(query)")
                #expect(!page.body.contains("T_1"))
            }
        }
    }

    @Test("What comes back with the browser names the trade and is signed by the gateway; who presses the button again is led nowhere")
    func comingBack() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            _ = try await sandbox.open(trade)
            let back = try await sandbox.press(trade)
            #expect(back.status == 303)
            let address = try #require(back.location)
            #expect(address.hasPrefix(sandbox.url + "/returned?"), "\(address)")
            let parameters = try #require(AlipayForm.decode(String(address.drop { $0 != "?" }.dropFirst())))
            #expect(parameters["out_trade_no"] == trade.outTradeNo.rawValue && parameters["total_amount"] == "88.00")
            let verifier = try AlipayVerifier(publicKey: try SandboxFixture.keys.get().alipay.publicKeyPEM)
            let signature = try #require(parameters["sign"])
            #expect(verifier.accepts(signature, for: AlipayCanonicalText.ofNotification(parameters)))
            let again = try await sandbox.press(trade)
            #expect(again.status == 409 && again.location == nil)
        }
    }

    @Test("The demo's cashier leads back to a page that takes what comes along, and promises nothing")
    func demo() async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "deploy/local/development.sh")
        let text = try String(contentsOf: script, encoding: .utf8)
        let setting = try #require(text.firstMatch(of: /ALIPAY_RETURN_URL="\$sandbox_url(?<path>[^"]*)"/), "It leads elsewhere.")
        // Control: what answers and is no page for buyers, as the demo once had it.
        for (path, isForBuyers) in [(String(setting.path), true), ("/livez", false)] {
            try await SandboxFixture.run(returnPath: path) { sandbox in
                let trade = sandbox.newTrade()
                _ = try await sandbox.open(trade)
                let address = try #require(try await sandbox.press(trade).location)
                #expect(address.hasPrefix(sandbox.url + path + "?"), "\(address)")
                let page = try await sandbox.send(.GET, address)
                #expect((page.status == 200 && page.body.contains("being confirmed")) == isForBuyers, "\(path): \(page)")
                #expect(!page.body.contains(trade.outTradeNo.rawValue))
            }
        }
    }

    @Test("A request that is altered, unsigned, or another application's is refused and opens nothing")
    func forgedRequests() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            guard case .payURL(let url) = try sandbox.gateway.start(trade, method: AlipayMethod.page.method) else { throw NotFound() }
            let parameters = try #require(AlipayForm.decode(String(url.drop { $0 != "?" }.dropFirst())))
            func status(_ change: ([(name: String, value: String)]) -> [(name: String, value: String)]) async throws -> UInt {
                try await sandbox.send(.GET, sandbox.url + "/gateway.do?" + AlipayForm.encode(change(parameters))).status
            }
            func replacing(_ name: String, _ change: @escaping (String) -> String) -> ([(name: String, value: String)]) -> [(
                name: String, value: String
            )] {
                { $0.map { $0.name == name ? ($0.name, change($0.value)) : $0 } }
            }
            #expect(try await status(replacing("biz_content") { $0.replacing("88.00", with: "0.01") }) == 400)
            #expect(try await status(replacing("app_id") { _ in "2022" }) == 400)
            #expect(try await status(replacing("sign") { "AAAA" + $0.dropFirst(4) }) == 400)
            #expect(try await status(replacing("sign_type") { _ in "RSA" }) == 400)
            #expect(try await status { $0.filter { $0.name != "sign" } } == 400)
            #expect(try await sandbox.pay(trade).status == 404)
            #expect(try await sandbox.send(.POST, sandbox.url + "/gateway.do", body: "%").status == 400)
            #expect(try await sandbox.send(.GET, sandbox.url + "/gateway.do").body.contains("isv.missing-method"))
        }
    }

    @Test("Notices are repeated until they are answered by exactly success")
    func repeated() async throws {
        try await SandboxFixture.run(answers: ["failure", "Success", "success\n", "\"success\""]) { sandbox in
            let trade = sandbox.newTrade()
            _ = try await sandbox.open(trade)
            _ = try await sandbox.pay(trade)
            let notices = try await sandbox.notices(5)
            #expect(notices.count == 5)
            #expect(Set(notices.map { $0["notify_id"] }).count == 1, "the same notice keeps its id")
            // Time for one too many.
            try await letPass(.milliseconds(300))
            #expect(sandbox.mailbox.forms.count == 5)
            let view = try await sandbox.send(.GET, sandbox.url + "/sandbox/trades/\(trade.outTradeNo)").body
            let shown = try JSONDecoder().decode(ShownTrade.self, from: Data(view.utf8))
            #expect(shown.notifications.map(\.answer) == ["failure", "Success", "success\n", "\"success\"", "success"])
            #expect(shown.status == "TRADE_SUCCESS" && shown.amount_fen == 8_800)
        }
    }

    @Test("Knobs: duplicates, a lost first attempt, another amount, reordering")
    func knobs() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            _ = try await sandbox.open(trade)
            #expect(try await sandbox.pay(trade, knobs: #"{"speed":1}"#).status == 422)
            #expect(try await sandbox.pay(trade, knobs: #"[]"#).status == 400)
            let knobs = #"{"delay_ms":10,"duplicates":2,"lose_first":true,"amount_fen":1,"reorder":true}"#
            #expect(try await sandbox.pay(trade, knobs: knobs).status == 200)
            let notices = try await sandbox.notices(4)
            #expect(notices.map { $0["trade_status"] } == ["TRADE_SUCCESS", "TRADE_SUCCESS", "TRADE_SUCCESS", "WAIT_BUYER_PAY"])
            #expect(notices.allSatisfy { $0["total_amount"] == "0.01" })
            for notice in notices { #expect(throws: Never.self) { try sandbox.gateway.notice(from: notice) } }
        }
    }

    @Test("Notices come under the media type that the real gateway was seen to send, or under that of a knob, in a knob's character set")
    func headers() async throws {
        try await SandboxFixture.run { sandbox in
            let knobs = [
                "", #"{"content_type":"application/x-www-form-urlencoded;charset=GBK","charset":"GBK"}"#, #"{"charset":"GB18030"}"#,
                #"{"content_type":"text/plain"}"#, #"{"content_type":""}"#,
            ]
            for (index, knobs) in knobs.enumerated() {
                let trade = sandbox.newTrade()
                _ = try await sandbox.open(trade)
                #expect(try await sandbox.pay(trade, knobs: knobs).status == 200)
                _ = try await sandbox.posted(index + 1)
            }
            let posted = try await sandbox.posted(knobs.count)
            let odd = PostedNotice.oddContentType
            #expect(posted.map(\.contentType) == [odd, "application/x-www-form-urlencoded;charset=GBK", odd, "text/plain", nil])
            let subjects = try posted.map { notice in
                try #require(AlipayForm.parameters(notice.body)?.first { $0.name.elementsEqual("subject".utf8) }?.value)
            }
            #expect(subjects.map { $0.starts(with: [0xB5, 0xE7]) } == [false, true, true, false, false])
            for notice in posted.prefix(3) { #expect(try sandbox.gateway.notice(from: notice).amountFen == 8_800) }
            for notice in posted.suffix(2) {
                #expect(throws: NoticeRefusal.contentTypeUnknown) { try sandbox.gateway.notice(from: notice) }
            }
        }
    }

    @Test("A refund in the gateway's own console is told by a notice under a number that is none of ours")
    func consoleRefund() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            let address = sandbox.url + "/sandbox/trades/\(trade.outTradeNo)/refund"
            #expect(try await sandbox.send(.POST, address).status == 404)
            _ = try await sandbox.open(trade)
            #expect(try await sandbox.send(.POST, address).status == 409)
            _ = try await sandbox.pay(trade)
            // Notices may overtake each other.
            _ = try await sandbox.notices(1)
            #expect(try await sandbox.send(.POST, address, body: #"{"amount_fen":0}"#).status == 422)
            #expect(try await sandbox.send(.POST, address, body: #"{"amount_fen":800}"#).status == 200)
            let partial = try sandbox.gateway.notice(from: try #require(try await sandbox.notices(2).last))
            #expect(partial.status == .succeeded && partial.refundedFen == 800)
            #expect(partial.refund == PaymentFact.RefundNews(totalFen: 800, requestNumber: nil))
            #expect(try await sandbox.send(.POST, address, body: #"{"amount_fen":8001}"#).status == 409)
            #expect(try await sandbox.send(.POST, address).status == 200)
            let rest = try sandbox.gateway.notice(from: try #require(try await sandbox.notices(3).last))
            #expect(rest.status == .closed && rest.refundedFen == 8_800)
        }
    }

    @Test("A trade is closed at the end of its time, late payment needs the knob, and a lost notice leaves the query")
    func lateAndLost() async throws {
        try await SandboxFixture.run { sandbox in
            // On a slow machine the time of a trade may be over before it is opened: then with more of it.
            var seconds = 2.0
            let trade = try await eventually { () -> NewTrade? in
                let trade = sandbox.newTrade(expiresIn: seconds)
                guard try await sandbox.open(trade).body.contains("closed") else { return trade }
                seconds *= 4
                return nil
            }
            try await letPass(.seconds(seconds))
            #expect(try await sandbox.pay(trade).status == 409)
            #expect(try await sandbox.pay(trade, knobs: #"{"late":true,"lost":true}"#).status == 200)
            guard case .found(let fact) = try await sandbox.gateway.query(trade.outTradeNo) else { throw NotFound() }
            #expect(fact.status == .succeeded)
            #expect(sandbox.mailbox.forms.isEmpty)
        }
    }

    @Test("Closing: once, with a notice; never opened trades are not known")
    func closing() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            #expect(try await sandbox.gateway.close(trade.outTradeNo) == .neverOpened)
            _ = try await sandbox.open(trade)
            #expect(try await sandbox.gateway.close(trade.outTradeNo) == .closed)
            #expect(try await sandbox.gateway.close(trade.outTradeNo) == .alreadyDecided)
            #expect(try await sandbox.pay(trade).status == 409)
            #expect(try await sandbox.open(trade).body.contains("closed"))
            let fact = try sandbox.gateway.notice(from: try #require(try await sandbox.notices(1).first))
            #expect(fact.status == .closed && fact.refund == nil)
        }
    }

    @Test("Refunds: a repetition moves nothing, the query knows, and the notice is no payment")
    func refunds() async throws {
        try await SandboxFixture.run { sandbox in
            let trade = sandbox.newTrade()
            let refund = RefundRequest(outTradeNo: trade.outTradeNo, requestNumber: .make(at: Date()), amountFen: 800, reason: "改签 & more")
            await #expect(throws: GatewayFailure.refused(code: "ACQ.TRADE_NOT_EXIST")) { try await sandbox.gateway.refund(refund) }
            _ = try await sandbox.open(trade)
            _ = try await sandbox.pay(trade)
            _ = try await sandbox.notices(1)
            #expect(try await sandbox.gateway.queryRefund(refund) == .undecided)
            #expect(try await sandbox.gateway.refund(refund) == .refunded)
            #expect(try await sandbox.gateway.refund(refund) == .undecided, "the gateway says N to a repetition")
            #expect(try await sandbox.gateway.queryRefund(refund) == .refunded)
            let partial = try sandbox.gateway.notice(from: try #require(try await sandbox.notices(2).last))
            #expect(partial.status == .succeeded && partial.refundedFen == 800 && partial.refund?.requestNumber == refund.requestNumber)
            let rest = RefundRequest(outTradeNo: trade.outTradeNo, requestNumber: .make(at: Date()), amountFen: 8_000, reason: "rest")
            #expect(try await sandbox.gateway.refund(rest) == .refunded)
            guard case .found(let closed) = try await sandbox.gateway.query(trade.outTradeNo) else { throw NotFound() }
            #expect(closed.status == .closed && closed.refundedFen == 8_800)
        }
    }

    private struct NotFound: Error {}

    private struct ShownTrade: Decodable {
        struct Notification: Decodable {
            let answer: String
        }

        let status: String
        let amount_fen: Int64
        let notifications: [Notification]
    }
}

extension [(name: String, value: String)] {
    /// The value of the first parameter of that name.
    fileprivate subscript(_ name: String) -> String? {
        first { $0.name == name }?.value
    }
}
