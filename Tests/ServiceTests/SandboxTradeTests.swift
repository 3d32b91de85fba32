import AsyncHTTPClient
import Foundation
import Shared
import TestSupport
import Testing

@testable import AlipaySandbox

@Suite("A trade at the sandbox", .inTurn)
struct SandboxTradeTests {
    static let start = Date(timeIntervalSince1970: 1_795_348_985)
    static let end = start + 900

    private func trade(expiring: Bool = true) -> SandboxTrade {
        let terms = TradeTerms(
            outTradeNo: "T_1", subject: "x", amountFen: 8_800, expiresAt: expiring ? Self.end : nil, notifyURL: nil, returnURL: nil
        )
        return SandboxTrade(terms, tradeNo: "1", at: Self.start)
    }

    @Test("It is paid once")
    func paid() throws {
        var trade = trade()
        try trade.pay(amountFen: nil, late: false, at: Self.start + 1)
        #expect(trade.status == .tradeSuccess)
        #expect(trade.amountFen == 8_800)
        #expect(trade.paidAt == Self.start + 1)
        #expect(throws: TradeRefusal.hasSuccess) { try trade.pay(amountFen: nil, late: false, at: Self.start + 2) }
        #expect(throws: TradeRefusal.hasSuccess) { try trade.close(at: Self.start + 2) }
    }

    @Test("At the end of its time it is closed, and only the knob opens it again")
    func lapsed() throws {
        var trade = trade()
        trade.lapse(at: Self.end - 1)
        #expect(trade.status == .waitBuyerPay)
        #expect(throws: TradeRefusal.hasClose) { try trade.pay(amountFen: nil, late: false, at: Self.end) }
        #expect(trade.status == .tradeClosed)
        try trade.pay(amountFen: nil, late: true, at: Self.end + 60)
        #expect(trade.status == .tradeSuccess)
        #expect(trade.closedAt == nil)
    }

    @Test("Closed by the application, it stays closed, also for the knob")
    func closed() throws {
        var trade = trade()
        try trade.close(at: Self.start + 1)
        #expect(throws: TradeRefusal.hasClose) { try trade.pay(amountFen: nil, late: true, at: Self.start + 2) }
        #expect(throws: TradeRefusal.hasClose) { try trade.close(at: Self.start + 2) }
    }

    @Test("Without an end it waits for ever")
    func endless() throws {
        var trade = trade(expiring: false)
        try trade.pay(amountFen: 1, late: false, at: Self.end + 1_000_000)
        #expect(trade.amountFen == 1)
    }

    @Test("A refund moves money once, however often it is asked for, and never more than was paid")
    func refunded() throws {
        var trade = trade()
        #expect(throws: TradeRefusal.statusError) { _ = try trade.refund("R1", amountFen: 800, at: Self.start) }
        try trade.pay(amountFen: nil, late: false, at: Self.start)
        #expect(try trade.refund("R1", amountFen: 800, at: Self.start))
        #expect(try !trade.refund("R1", amountFen: 800, at: Self.start + 1))
        #expect(throws: TradeRefusal.refundAmountInvalid) { _ = try trade.refund("R1", amountFen: 801, at: Self.start) }
        #expect(throws: TradeRefusal.refundAmountExceeded) { _ = try trade.refund("R2", amountFen: 8_001, at: Self.start) }
        #expect(throws: TradeRefusal.refundAmountInvalid) { _ = try trade.refund("R2", amountFen: 0, at: Self.start) }
        #expect(trade.status == .tradeSuccess)
        #expect(try trade.refund("R2", amountFen: 8_000, at: Self.start))
        #expect(trade.status == .tradeClosed)
        #expect(trade.refundedFen == 8_800)
        #expect(try !trade.refund("R2", amountFen: 8_000, at: Self.start + 1), "a repetition is one also after the trade is closed")
        #expect(throws: TradeRefusal.refundAmountExceeded) { _ = try trade.refund("R3", amountFen: 1, at: Self.start) }
    }

    @Test("The book finds a trade that is opened again, refuses other terms, and removes the oldest when it is full")
    func book() throws {
        func terms(_ number: Int, amountFen: Int64 = 100) -> TradeTerms {
            TradeTerms(outTradeNo: "T_\(number)", subject: "x", amountFen: amountFen, expiresAt: Self.end, notifyURL: nil, returnURL: nil)
        }
        var book = TradeBook(limit: 2)
        let first = try book.open(terms(1), at: Self.start).trade
        #expect(first.tradeNo.count == 28)
        #expect(try book.open(terms(1), at: Self.start + 1).trade == first)
        #expect(throws: TradeRefusal.inconsistent) { _ = try book.open(terms(1, amountFen: 99), at: Self.start) }
        #expect(throws: TradeRefusal.hasClose) { _ = try book.open(terms(9), at: Self.end) }
        _ = try book.open(terms(2), at: Self.start)
        #expect(try book.open(terms(3), at: Self.start).removed == "T_1")
        #expect(throws: TradeRefusal.notExist) { _ = try book.trade("T_1", at: Self.start) }
        #expect(throws: TradeRefusal.hasClose) { try book.change("T_2") { try $0.pay(amountFen: nil, late: false, at: Self.end) } }
        #expect(book.outTradeNo(ofTradeNo: first.tradeNo) == nil)
    }

    @Test(
        "The knobs' positions are checked, and unknown knobs refused",
        arguments: [
            (#"{}"#, PayKnobs()),
            (
                #"{"delay_ms":5,"duplicates":2,"lose_first":true,"amount_fen":1,"tamper":"seller"}"#,
                PayKnobs(delay: 5, duplicates: 2, loseFirst: 1, amountFen: 1, tampering: .seller)
            ),
            (
                #"{"lose_first":3,"lost":true,"reorder":true,"late":true,"tamper":true}"#,
                PayKnobs(loseFirst: 3, lost: true, reorder: true, late: true, tampering: .signature)
            ),
            (#"{"lose_first":false,"tamper":false}"#, PayKnobs()),
            (#"{"content_type":"text/plain","charset":"GBK"}"#, PayKnobs(contentType: "text/plain", charset: "GBK")),
        ])
    func knobs(json: String, knobs: PayKnobs) throws {
        #expect(try JSONDecoder().decode(PayKnobs.self, from: Data(json.utf8)) == knobs)
    }

    @Test(
        "Wrong knobs are named",
        arguments: [
            #"{"speed":1}"#, #"{"delay_ms":-1}"#, #"{"delay_ms":"1"}"#, #"{"duplicates":101}"#, #"{"amount_fen":0}"#,
            #"{"tamper":"everything"}"#, #"{"late":1}"#, #"{"charset":"klingon"}"#, #"{"content_type":"a\nb"}"#, #"{"content_type":null}"#,
            #"{"lose_first":9}"#, #"{"lose_first":"x"}"#, #"{"delay_ms":null}"#,
        ])
    func wrongKnobs(json: String) {
        #expect(throws: KnobInvalid.self) { try JSONDecoder().decode(PayKnobs.self, from: Data(json.utf8)) }
    }

    @Test("Every word for tampering makes a notice that is refused", arguments: Tampering.allCases)
    func tampering(word: Tampering) throws {
        let (app, gateway) = try SandboxFixture.keys.get()
        let settings = SandboxSettings(
            appID: "2021", sellerID: "2088", signer: gateway, verifier: try AlipayVerifier(publicKey: app.publicKeyPEM))
        let receiver = AlipayGateway(
            configuration: try AlipayConfiguration(
                appID: "2021", sellerID: "2088", gatewayURL: "http://127.0.0.1/gateway.do", notifyURL: "http://127.0.0.1/",
                appPrivateKey: app.privateKeyPEM,
                alipayPublicKey: gateway.publicKeyPEM
            ),
            http: .shared
        )
        var trade = trade()
        try trade.pay(amountFen: nil, late: false, at: Self.start)
        let notice = Notice(trade, settings: settings, at: Self.start)
        let genuine = try #require(AlipayForm.decode(try notice.form(signer: gateway, tampering: nil)))
        #expect(throws: Never.self) { try receiver.notice(from: genuine) }
        let altered = try #require(AlipayForm.decode(try notice.form(signer: gateway, tampering: word)))
        #expect(throws: NoticeRefusal.self) { try receiver.notice(from: altered) }
    }
}
