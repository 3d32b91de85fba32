import AsyncHTTPClient
import Foundation
import Shared
import TestSupport
import Testing

@Suite("Notifications, with python-alipay-sdk as the gateway", .inTurn)
struct AlipayNotificationTests {
    /// Changes to a genuine notification, each of which makes it one that nobody sent.
    static let mutations: [Mutation] = [
        Mutation("the amount altered") { form, _ in form.with("total_amount", "0.01") },
        Mutation("the amount written otherwise") { form, _ in form.with("total_amount", "88.0") },
        Mutation("the seller altered") { form, _ in form.with("seller_id", "2088000000000002") },
        Mutation("the application altered") { form, _ in form.with("app_id", "2021000000000002") },
        Mutation("our number of the trade altered") { form, _ in form.with("out_trade_no", "20261122abcdefghijklmnopqrstuvwy") },
        Mutation("the gateway's number of the trade altered") { form, _ in form.with("trade_no", "1") },
        Mutation("the status altered") { form, _ in form.with("trade_status", "TRADE_FINISHED") },
        Mutation("the subject altered by one space") { form, _ in form.with("subject", AlipayFixture.paid["subject", default: ""] + " ") },
        Mutation("a parameter added") { form, _ in form + [(name: "brand_new", value: "1")] },
        Mutation("a parameter removed") { form, _ in form.without("buyer_id") },
        Mutation("a parameter renamed") { form, _ in form.map { $0.name == "buyer_id" ? (name: "buyer_ID", value: $0.value) : $0 } },
        Mutation("a parameter emptied") { form, _ in form.with("receipt_amount", "") },
        Mutation("the seller emptied") { form, _ in form.with("seller_id", "") },
        Mutation("a parameter twice, with the same value") { form, _ in form + [(name: "total_amount", value: "88.00")] },
        Mutation("a parameter twice, with another value") { form, _ in [(name: "total_amount", value: "0.01")] + form },
        Mutation("the signature twice") { form, _ in form + [(name: "sign", value: form["sign"] ?? "")] },
        Mutation("two values swapped") { form, _ in form.with("app_id", AlipayFixture.sellerID).with("seller_id", AlipayFixture.appID) },
        Mutation("the weak kind of signature named") { form, _ in form.with("sign_type", "RSA") },
        Mutation("the kind of signature in lower case") { form, _ in form.with("sign_type", "rsa2") },
        Mutation("the kind of signature missing") { form, _ in form.without("sign_type") },
        Mutation("the signature missing") { form, _ in form.without("sign") },
        Mutation("the signature empty") { form, _ in form.with("sign", "") },
        Mutation("the signature truncated") { form, _ in form.with("sign", String((form["sign"] ?? "").dropLast(4))) },
        Mutation("the signature not base64") { form, _ in form.with("sign", "!!!!" + (form["sign"] ?? "").dropFirst(4)) },
        Mutation("the signature's first byte changed") { form, _ in
            let sign = form["sign"] ?? ""
            return form.with("sign", (sign.hasPrefix("A") ? "B" : "A") + sign.dropFirst())
        },
        Mutation("the signature with a line break") { form, _ in form.with("sign", (form["sign"] ?? "") + "\n") },
        Mutation("the signature in URL-safe base64, decoded twice") { form, _ in
            form.with("sign", (form["sign"] ?? "").replacing("+", with: " ").replacing("/", with: "_"))
        },
        Mutation("every value decoded twice") { form, _ in
            form.map { (name: $0.name, value: AlipayForm.decode("v=" + $0.value.replacing("&", with: "%26"))?["v"] ?? "") }
        },
        Mutation("every value still encoded") { form, _ in
            form.map { ($0.name, $0.name == "sign" ? $0.value : String(AlipayForm.encode([(name: "", value: $0.value)]).dropFirst())) }
        },
        Mutation("the subject in composed instead of plain characters") { form, _ in
            form.with("subject", AlipayFixture.paid["subject", default: ""].precomposedStringWithCompatibilityMapping)
        },
        Mutation("GBK bytes taken for Latin ones") { form, _ in form.with("subject", "µçÓ°Æ±") },
        Mutation("another notification's signature") { form, other in form.with("sign", other["sign"] ?? "") },
    ]

    private static func gateway(_ fixture: AlipayFixture) -> AlipayGateway {
        // Nothing is sent when a notice is read.
        AlipayGateway(configuration: fixture.configuration, http: .shared)
    }

    @Test("A notification that python-alipay-sdk signed is read")
    func genuine() async throws {
        let fixture = try AlipayFixture.shared.get()
        let fact = try Self.gateway(fixture).notice(from: try await fixture.signedByPython())
        #expect(
            fact
                == PaymentFact(
                    gateway: "alipay",
                    origin: .notice(id: "ac05099524730693a8b330c5ecf72da978"),
                    outTradeNo: try #require(TradeNumber(rawValue: "20261122abcdefghijklmnopqrstuvwx")),
                    tradeNo: "2026112222001400000000000001",
                    status: .succeeded,
                    amountFen: 8_800,
                    paidAt: AlipayTimestamp.time("2026-11-22 20:03:04")
                )
        )
    }

    @Test("Parameters that we don't know are part of what is signed, and make no trouble")
    func unknownParameters() async throws {
        let fixture = try AlipayFixture.shared.get()
        let parameters = AlipayFixture.paid.merging(["brand_new": "a+b&c=d %41 🎬", "zz": "１"]) { $1 }
        #expect(throws: Never.self) { try Self.gateway(fixture).notice(from: try fixture.signed(parameters)) }
        let form = try await fixture.signedByPython(parameters)
        #expect(throws: Never.self) { try Self.gateway(fixture).notice(from: form) }
        #expect(throws: Never.self) { try Self.gateway(fixture).notice(from: form.reversed()) }
    }

    @Test("Whatever is changed about it makes it void")
    func mutated() async throws {
        let fixture = try AlipayFixture.shared.get()
        let form = try await fixture.signedByPython()
        let other = try await fixture.signedByPython(AlipayFixture.paid.merging(["notify_id": "another"]) { $1 })
        let gateway = Self.gateway(fixture)
        #expect(Self.mutations.count >= 15)
        for mutation in Self.mutations {
            #expect(throws: NoticeRefusal.self, "\(mutation.name)") { try gateway.notice(from: mutation.change(form, other)) }
        }
        #expect(throws: Never.self) { try gateway.notice(from: form) }
    }

    @Test("It is void when somebody else signed it, also we ourselves")
    func wrongKey() async throws {
        let fixture = try AlipayFixture.shared.get()
        for key in [fixture.app, try AlipaySigner()] {
            let form = try await fixture.signedByPython(key: key)
            #expect(throws: NoticeRefusal.signatureInvalid) { try Self.gateway(fixture).notice(from: form) }
        }
    }

    @Test(
        "Rightly signed, it must be for us and have a meaning",
        arguments: [
            ("total_amount", "-88.00", NoticeRefusal.malformed(parameter: "total_amount")),
            ("total_amount", "", .malformed(parameter: "total_amount")),
            ("out_trade_no", "a'; DROP TABLE payments; --", .malformed(parameter: "out_trade_no")),
            ("trade_status", "TRADE_WHATEVER", .malformed(parameter: "trade_status")),
            ("trade_no", "", .malformed(parameter: "trade_no")),
            ("gmt_payment", "yesterday", .malformed(parameter: "gmt_payment")),
            ("refund_fee", "all", .malformed(parameter: "refund_fee")),
            ("charset", "gbk", .malformed(parameter: "charset")),
            ("notify_type", "batch_refund_notify", .malformed(parameter: "notify_type")),
        ])
    func duties(name: String, value: String, refusal: NoticeRefusal) throws {
        let fixture = try AlipayFixture.shared.get()
        let form = try fixture.signed(AlipayFixture.paid.merging([name: value]) { $1 })
        #expect(throws: refusal) { try Self.gateway(fixture).notice(from: form) }
    }

    @Test(
        "Rightly signed for somebody else, it is refused with what it says",
        arguments: [
            ("app_id", "2021000000000002", "application_unknown"), ("seller_id", "2088000000000002", "seller_unknown"),
            ("seller_id", "", "seller_unknown"),
        ])
    func misdirected(name: String, value: String, code: String) throws {
        let fixture = try AlipayFixture.shared.get()
        let fact = try Self.gateway(fixture).notice(from: try fixture.signed(AlipayFixture.paid))
        let form = try fixture.signed(AlipayFixture.paid.merging([name: value]) { $1 })
        let refusal = #expect(throws: NoticeRefusal.self) { try Self.gateway(fixture).notice(from: form) }
        #expect(refusal?.code == code && refusal?.misdirected?.fact == fact && refusal?.misdirected?.outcome.rawValue == code)
    }

    @Test("Empty values are left out of what is signed, as the Java library does: openssl signs the text that it would make")
    func emptyValues() async throws {
        let fixture = try AlipayFixture.shared.get()
        let text =
            "app_id=\(AlipayFixture.appID)&notify_id=N1&out_trade_no=T_1&seller_id=\(AlipayFixture.sellerID)&subject=a+b & c = 100% 🎬 ｆｕｌｌ"
            + "&total_amount=88.00&trade_no=G1&trade_status=TRADE_SUCCESS"
        let signed = try await Oracle.openssl(
            ["dgst", "-sha256", "-sign", "key", "-out", "sign", "message"],
            files: ["key": Data(fixture.alipay.privateKeyPEM.utf8), "sign": Data(), "message": Data(text.utf8)]
        )
        let signature = try #require(signed.files["sign"]).base64EncodedString()
        let form: [(name: String, value: String)] = [
            (name: "trade_no", value: "G1"), (name: "trade_status", value: "TRADE_SUCCESS"), (name: "total_amount", value: "88.00"),
            (name: "subject", value: "a+b & c = 100% 🎬 ｆｕｌｌ"), (name: "body", value: ""), (name: "out_trade_no", value: "T_1"),
            (name: "notify_id", value: "N1"), (name: "app_id", value: AlipayFixture.appID), (name: "passback_params", value: ""),
            (name: "seller_id", value: AlipayFixture.sellerID), (name: "sign_type", value: "RSA2"),
            (name: "sign", value: signature),
        ]
        let decoded = try #require(AlipayForm.decode(AlipayForm.encode(form)))
        let fact = try Self.gateway(fixture).notice(from: decoded)
        #expect(fact.amountFen == 8_800 && fact.outTradeNo.rawValue == "T_1")
    }

    @Test(
        "News of a refund never counts as a payment",
        arguments: [
            (["refund_fee": "10.00", "gmt_refund": "2026-11-22 21:00:00.320", "out_biz_no": "R1"], TradeStatus.succeeded, Int64?(1_000)),
            (["refund_fee": "88.00", "gmt_refund": "2026-11-22 21:00:00.320", "trade_status": "TRADE_CLOSED"], .closed, 8_800),
            (["out_biz_no": "R1"], .succeeded, nil),
        ])
    func refunds(change: [String: String], status: TradeStatus, refundedFen: Int64?) throws {
        let fixture = try AlipayFixture.shared.get()
        let fact = try Self.gateway(fixture).notice(from: try fixture.signed(AlipayFixture.paid.merging(change) { $1 }))
        #expect(fact.refund != nil)
        #expect(fact.refundedFen == refundedFen)
        #expect(fact.status == status)
        #expect(fact.refund?.requestNumber?.rawValue == change["out_biz_no"])
    }

    @Test("A refund of nothing is none")
    func noRefund() throws {
        let fixture = try AlipayFixture.shared.get()
        let form = try fixture.signed(AlipayFixture.paid.merging(["refund_fee": "0.00", "trade_status": "TRADE_FINISHED"]) { $1 })
        let fact = try Self.gateway(fixture).notice(from: form)
        #expect(fact.refund == nil)
        #expect(fact.status == .finished)
    }

    @Test("Hundreds of parameters are refused before anything is computed")
    func tooMany() throws {
        let fixture = try AlipayFixture.shared.get()
        let form = try fixture.signed(AlipayFixture.paid) + (0..<300).map { (name: "p\($0)", value: "1") }
        #expect(throws: NoticeRefusal.tooManyParameters) { try Self.gateway(fixture).notice(from: form) }
    }
}

/// A change that makes a genuine notification void.
struct Mutation: Sendable {
    let name: String
    /// From the notification and another genuine one.
    let change:
        @Sendable (_ form: [(name: String, value: String)], _ other: [(name: String, value: String)]) -> [(name: String, value: String)]

    init(
        _ name: String,
        _ change: @escaping @Sendable ([(name: String, value: String)], [(name: String, value: String)]) -> [(name: String, value: String)]
    ) {
        self.name = name
        self.change = change
    }
}
