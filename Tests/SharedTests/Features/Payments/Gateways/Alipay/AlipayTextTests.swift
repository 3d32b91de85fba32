import Foundation
import Shared
import Testing

@Suite("Alipay's texts")
struct AlipayTextTests {
    @Test("A request's canonical text is sorted by bytes, keeps the kind of signature, and leaves out the signature and what is empty")
    func requestText() {
        let text = AlipayCanonicalText.ofRequest([
            ("version", "1.0"), ("sign_type", "RSA2"), ("sign", "abc"), ("biz_content", #"{"subject":"a+b&c=d %41 🎬 ｆｕｌｌ"}"#),
            ("app_id", "1"), ("return_url", ""), ("", "nameless"), ("Zeta", "upper case sorts first"),
        ])
        #expect(text == #"Zeta=upper case sorts first&app_id=1&biz_content={"subject":"a+b&c=d %41 🎬 ｆｕｌｌ"}&sign_type=RSA2&version=1.0"#)
    }

    @Test("A notification's canonical text leaves out the kind of signature too, and keeps parameters that nobody knows")
    func notificationText() {
        let text = AlipayCanonicalText.ofNotification([
            ("trade_no", "2"), ("sign_type", "RSA2"), ("sign", "abc"), ("brand_new", "x y+z"), ("body", ""), ("app_id", "1"),
        ])
        #expect(text == "app_id=1&brand_new=x y+z&trade_no=2")
    }

    @Test(
        "Amounts are written with exactly two decimals",
        arguments: [(1, "0.01"), (10, "0.10"), (8_800, "88.00"), (10_000_000_000, "100000000.00")])
    func amountText(fen: Int64, text: String) {
        #expect(AlipayAmount.text(fen: fen) == text)
        #expect(AlipayAmount.fen(text) == fen)
    }

    @Test("Amounts are read as numbers, however many of their two decimals are written", arguments: ["88", "88.0", "88.00"])
    func amountForms(text: String) {
        #expect(AlipayAmount.fen(text) == 8_800)
    }

    @Test(
        "Anything else is no amount",
        arguments: [
            "", ".", "88.", ".88", "88.001", "-1", "+1", "1e3", "0x10", "1,00", "088.00", "00", "８８.00", "88.00 ", " 88", "100000000.01",
            "9999999999",
            "99999999999999999999", "1.-1", "١",
        ]
    )
    func noAmount(text: String) {
        #expect(AlipayAmount.fen(text) == nil)
    }

    @Test("Times are Beijing's, wherever we run")
    func timestamp() {
        let time = Date(timeIntervalSince1970: 1_795_348_985.75)  // 2026-11-22T12:03:05.75Z
        #expect(AlipayTimestamp.text(time) == "2026-11-22 20:03:05")
        #expect(AlipayTimestamp.time("2026-11-22 20:03:05")?.timeIntervalSince1970 == 1_795_348_985)
        #expect(AlipayTimestamp.time("2026-11-22 20:03:05.320")?.timeIntervalSince1970 == 1_795_348_985)
        #expect(AlipayTimestamp.text(Date(timeIntervalSince1970: 1_798_736_400)) == "2027-01-01 01:00:00")
        #expect(AlipayTimestamp.time("2028-02-29 00:00:00") != nil)
    }

    @Test(
        "Anything else is no time",
        arguments: [
            "", "2026-11-22", "2026-11-22T20:03:05", "2026-02-30 00:00:00", "2027-02-29 00:00:00", "2026-13-01 00:00:00",
            "2026-11-22 24:00:00",
            "2026-11-22 20:03:05.", "2026-11-22 20:03:05.1.2", "2026-11-22 20:03:5", "2026-11-22 20:03:05Z", "-026-11-22 20:03:05",
        ]
    )
    func noTime(text: String) {
        #expect(AlipayTimestamp.time(text) == nil)
    }

    @Test("A form is decoded exactly once, whatever it holds")
    func form() throws {
        let parameters = [
            (name: "subject", value: "a+b&c=d %41 100% 🎬 ｆｕｌｌ 电影\r\n"), (name: "empty", value: ""),
            (name: "b=c&", value: "\u{1F1E8}\u{1F1F3}"),
        ]
        let form = AlipayForm.encode(parameters)
        let decoded = try #require(AlipayForm.decode(form))
        #expect(decoded.map(\.name) == parameters.map(\.name))
        #expect(decoded.map(\.value) == parameters.map(\.value))
        #expect(form.utf8.allSatisfy { $0 < 0x80 && $0 > 0x20 })
        #expect(AlipayForm.decode("a+b=c+d&e")?.map(\.name) == ["a b", "e"])
        #expect(AlipayForm.decode("a=%2B%2525")?["a"] == "+%25")
    }

    @Test("Broken escapes and bytes that are not UTF-8 make no form", arguments: ["a=%", "a=%4", "a=%GG", "a=%ff", "%C0%AF=1", "a=%D6%D0"])
    func brokenForm(form: String) {
        #expect(AlipayForm.decode(form) == nil)
    }
}
