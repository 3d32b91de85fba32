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

    @Test("Every change of a signed notification makes it void")
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
            ("refund_fee", "all", .malformed(parameter: "refund_fee")),
            ("charset", "klingon", .malformed(parameter: "charset")),
            ("notify_id", "a\0b", .malformed(parameter: "notify_id")),
            ("trade_no", "a\0b", .malformed(parameter: "trade_no")),
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
        #expect(refusal?.code.rawValue == code && refusal?.misdirected?.fact == fact && refusal?.misdirected?.outcome.rawValue == code)
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

    @Test(
        "A refund of the gateway's own console is one, whatever form its number has",
        arguments: ["console 2026-11-22/1", String(repeating: "9", count: 100), "退款", "a\0b"])
    func consoleRefunds(number: String) throws {
        let fixture = try AlipayFixture.shared.get()
        for change in [["out_biz_no": number, "refund_fee": "10.00"], ["out_biz_no": number]] {
            let fact = try Self.gateway(fixture).notice(from: try fixture.signed(AlipayFixture.paid.merging(change) { $1 }))
            #expect(fact.refund == PaymentFact.RefundNews(totalFen: change["refund_fee"] == nil ? nil : 1_000, requestNumber: nil))
        }
    }

    @Test("That it was paid counts, also where the time of the payment has no meaning", arguments: ["yesterday", "0001-01-01 00:00:00"])
    func oddTimes(time: String) throws {
        let fixture = try AlipayFixture.shared.get()
        let fact = try Self.gateway(fixture).notice(from: try fixture.signed(AlipayFixture.paid.merging(["gmt_payment": time]) { $1 }))
        #expect(fact.status == .succeeded && fact.amountFen == 8_800 && fact.paidAt == nil)
    }

    @Test("A refund of nothing is none")
    func noRefund() throws {
        let fixture = try AlipayFixture.shared.get()
        let form = try fixture.signed(AlipayFixture.paid.merging(["refund_fee": "0.00", "trade_status": "TRADE_FINISHED"]) { $1 })
        let fact = try Self.gateway(fixture).notice(from: form)
        #expect(fact.refund == nil)
        #expect(fact.status == .finished)
    }

    @Test(
        "Any media type that begins with the form's will do, and no other",
        arguments: [
            ("application/x-www-form-urlencoded", true), ("application/x-www-form-urlencoded; text/html; charset=UTF-8", true),
            ("APPLICATION/X-WWW-FORM-URLENCODED;charset=GBK", true), ("application/x-www-form-urlencoded;;", true),
            ("application/x-www-form-urlencodedcharset=utf-8", true), ("text/html; application/x-www-form-urlencoded", false),
            ("application/json", false), ("", false), (nil, false),
        ] as [(String?, Bool)])
    func mediaTypes(type: String?, isTaken: Bool) throws {
        let fixture = try AlipayFixture.shared.get()
        let posted = PostedNotice(form: try fixture.signed(AlipayFixture.paid), contentType: type)
        if isTaken {
            #expect(try Self.gateway(fixture).notice(from: posted).amountFen == 8_800)
        } else {
            #expect(throws: NoticeRefusal.contentTypeUnknown) { try Self.gateway(fixture).notice(from: posted) }
        }
    }

    /// A form whose values are in a character set, signed over its bytes by openssl.
    private static func signed(
        _ parameters: [(name: String, value: [UInt8])], by key: AlipaySigner
    ) async throws -> [UInt8] {
        let lines = parameters.sorted { $0.name < $1.name }.map { Array($0.name.utf8) + [UInt8(ascii: "=")] + $0.value }
        let signed = try await Oracle.openssl(
            ["dgst", "-sha256", "-sign", "key", "-out", "sign", "message"],
            files: ["key": Data(key.privateKeyPEM.utf8), "sign": Data(), "message": Data(lines.joined(separator: [UInt8(ascii: "&")]))]
        )
        let signature = try #require(signed.files["sign"]).base64EncodedString()
        let raw =
            parameters.map { AlipayParameter(name: Array($0.name.utf8), value: $0.value) } + [
                AlipayParameter(name: Array("sign_type".utf8), value: Array("RSA2".utf8)),
                AlipayParameter(name: Array("sign".utf8), value: Array(signature.utf8)),
            ]
        return Array(AlipayForm.encode(raw).utf8)
    }

    @Test(
        "A notice in another character set is proved on its bytes",
        arguments: [
            // 电影 & 票, as iconv writes it.
            ("GBK", [0xB5, 0xE7, 0xD3, 0xB0, 0x20, 0x26, 0x20, 0xC6, 0xB1] as [UInt8]), ("gb2312", [0xB5, 0xE7]),
            // 🎬, which GBK has not; and bytes that are no text at all: nothing is read in them.
            ("GB18030", [0x94, 0x39, 0xC1, 0x30]), ("gbk", [0xFF, 0xFF]), ("UTF-8", [0xFF]), ("utf8", Array("🎬".utf8)),
        ])
    func charsets(name: String, subject: [UInt8]) async throws {
        let fixture = try AlipayFixture.shared.get()
        var parameters = AlipayFixture.paid.map { (name: $0.key, value: Array($0.value.utf8)) }
        parameters = parameters.map { $0.name == "subject" ? ($0.name, subject) : $0.name == "charset" ? ($0.name, Array(name.utf8)) : $0 }
        let body = try await Self.signed(parameters, by: fixture.alipay)
        let fact = try Self.gateway(fixture).notice(from: PostedNotice(contentType: PostedNotice.oddContentType, body: body))
        #expect(fact.amountFen == 8_800 && fact.outTradeNo.rawValue == AlipayFixture.paid["out_trade_no"])
        let other = body.replacing("8800".utf8, with: "8900".utf8) + Array("&x=1".utf8)
        #expect(throws: NoticeRefusal.signatureInvalid) {
            try Self.gateway(fixture).notice(from: PostedNotice(contentType: PostedNotice.oddContentType, body: other))
        }
    }

    @Test("Parameters are decoded by the signed character set")
    func decoded() async throws {
        let fixture = try AlipayFixture.shared.get()
        func notice(_ id: [UInt8], _ charset: String) async throws -> PaymentFact {
            let parameters = AlipayFixture.paid.map { (name: $0.key, value: Array($0.value.utf8)) }.filter { $0.name != "subject" }
            let changed = parameters.map {
                $0.name == "notify_id" ? ($0.name, id) : $0.name == "charset" ? ($0.name, Array(charset.utf8)) : $0
            }
            let body = try await Self.signed(changed, by: fixture.alipay)
            return try Self.gateway(fixture).notice(
                from: PostedNotice(contentType: "application/x-www-form-urlencoded; charset=utf-8", body: body))
        }
        let cinema: [UInt8] = [0xB5, 0xE7, 0xD3, 0xB0]
        #expect(try await notice(cinema, "GBK").notifyID == "电影")
        #expect(try await notice(Array("电影".utf8), "utf-8").notifyID == "电影")
        await #expect(throws: NoticeRefusal.undecodable(parameter: "notify_id")) { try await notice(cinema, "utf-8") }
    }

    @Test("A genuine notice of a refund, written otherwise under the same signature, is no payment")
    func regrouped() throws {
        let fixture = try AlipayFixture.shared.get()
        let refund = ["refund_fee": "10.00", "gmt_refund": "2026-11-22 21:00:00.320", "out_biz_no": "R1"]
        let form = try fixture.signed(AlipayFixture.paid.merging(refund) { $1 })
        let gateway = Self.gateway(fixture)
        #expect(try gateway.notice(from: form).refund != nil)
        let signed = form.filter { $0.name != "sign" && $0.name != "sign_type" }.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        let rest = form.filter { $0.name == "sign" || $0.name == "sign_type" }
        let unread: Set = [
            "auth_app_id", "buyer_id", "fund_bill_list", "gmt_create", "notify_time", "receipt_amount", "subject", "version",
        ]
        // Every parameter is moved into the value before it, and every boundary into the name after it.
        var refused = 0
        for index in signed.indices.dropFirst() {
            let (before, moved) = (signed[index - 1], signed[index])
            let others = signed.indices.filter { $0 != index && $0 != index - 1 }.map { signed[$0] } + rest
            let inValue = [(name: before.name, value: "\(before.value)&\(moved.name)=\(moved.value)")] + others
            let inName = [(name: "\(before.name)=\(before.value)&\(moved.name)", value: moved.value)] + others
            #expect(AlipayCanonicalText.ofNotification(inValue) == AlipayCanonicalText.ofNotification(form))
            #expect(AlipayCanonicalText.ofNotification(inName) == AlipayCanonicalText.ofNotification(form))
            #expect(throws: NoticeRefusal.ambiguousParameter, "\(moved.name)") { try gateway.notice(from: inName) }
            if unread.contains(before.name), unread.contains(moved.name) {
                // What isn't read may stand where it likes: it changes nothing of what is.
                #expect(try gateway.notice(from: inValue) == gateway.notice(from: form))
            } else {
                #expect(throws: NoticeRefusal.ambiguousParameter, "\(moved.name)") { try gateway.notice(from: inValue) }
                refused += 1
            }
        }
        #expect(refused >= 12)
        // All three at once: what is left says that 88.00 were paid.
        func holds(_ name: String) -> Bool { refund.keys.contains(name) }
        var all: [(name: String, value: String)] = []
        for parameter in signed {
            if holds(parameter.name), let last = all.popLast() {
                all.append((last.name, "\(last.value)&\(parameter.name)=\(parameter.value)"))
            } else {
                all.append(parameter)
            }
        }
        #expect(AlipayCanonicalText.ofNotification(all) == AlipayCanonicalText.ofNotification(form))
        #expect(throws: NoticeRefusal.ambiguousParameter) { try gateway.notice(from: all + rest) }
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
