import Database
import Foundation
import HTTP
import HTTPTypes
import Shared
import Testing
import Text

@Suite("What the gateways' notifications leave behind")
struct NotificationTests {
    @Test("Truly signed and wrong, they are recorded under what is wrong and answered so that the gateway comes again")
    func recorded() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seats = try await platform.seats(stage.showtimeID)
            var trades: [(outTradeNo: String, amountFen: Int64)] = []
            for label in ["A1", "A2"] {
                let seat = try #require(seats[label])["id"].number
                let order = try await platform.order(anna, stage.showtimeID, seats: [seat])
                let payment = try await platform.startPayment(anna, orderID: order["id"].text)
                trades.append((payment["out_trade_no"].text, order["payable_fen"].number))
            }
            let good = trades.map { Platform.notification(outTradeNo: $0.outTradeNo, amountFen: $0.amountFen) }
            func with(_ name: String, _ value: String, _ index: Int = 0) -> [(name: String, value: String)] {
                good[index].map { $0.name == name ? (name, value) : $0 }
            }
            let expected: [(notification: [(name: String, value: String)], outcome: String)] = [
                (with("total_amount", "0.01"), "amount_mismatch"), (with("total_amount", "9999.00"), "amount_mismatch"),
                (with("seller_id", "2088999999999999"), "seller_unknown"), (with("app_id", "1"), "application_unknown"),
                (with("out_trade_no", "P0"), "unknown_trade"),
            ]
            for (notification, _) in expected {
                let answer = try await platform.notify(notification)
                #expect(answer == "failure")
            }
            let paid = try await platform.notify(good[0])
            #expect(paid == "success")
            // The trade of the first order, told of the second.
            let bound = try await platform.notify(with("trade_no", "2026\(trades[0].outTradeNo)", 1))
            #expect(bound == "failure")
            let outcomes = try await platform.pool.rows("SELECT outcome FROM payment_notifications ORDER BY id") {
                try $0["outcome"] as String
            }
            #expect(outcomes == expected.map(\.outcome) + ["paid", "trade_bound_elsewhere"])
            let payments = try await platform.pool.rows("SELECT state FROM payments ORDER BY id") { try $0["state"] as String }
            #expect(payments == ["succeeded", "started"])
            let orders = try await platform.pool.rows("SELECT state FROM orders ORDER BY paid_at NULLS LAST") { try $0["state"] as String }
            #expect(orders == ["paid", "pending_payment"])
        }
    }

    @Test("The real gateway's odd media type and its own character sets are understood, whichever the sandbox or the gateway sends")
    func oddHeaders() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seats = try await platform.seats(stage.showtimeID)
            let cases: [(label: String, type: String, charset: String)] = [
                ("A1", "application/x-www-form-urlencoded; text/html; charset=UTF-8", "utf-8"),
                ("A2", "application/x-www-form-urlencoded;charset=GBK", "GBK"), ("A3", "application/x-www-form-urlencoded", "GB18030"),
            ]
            for (label, type, charset) in cases {
                let seat = try #require(seats[label])["id"].number
                let order = try await platform.order(anna, stage.showtimeID, seats: [seat])
                let payment = try await platform.startPayment(anna, orderID: order["id"].text)
                let good = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
                let set = try #require(AlipayCharset(name: charset))
                let values = good.map { ($0.name, $0.name == "charset" ? charset : $0.value) }
                let raw = try values.map { AlipayParameter(name: Array($0.0.utf8), value: try #require(set.bytes($0.1))) }
                let signature = try Platform.keys.get().alipay.sign(AlipayCanonicalText.ofNotification(raw))
                let tail = [("sign_type", "RSA2"), ("sign", signature)].map {
                    AlipayParameter(name: Array($0.0.utf8), value: Array($0.1.utf8))
                }
                let answer = try await platform.client.ask(
                    .post, "/v1/payments/alipay/notifications", form: AlipayForm.encode(raw + tail), type: type)
                #expect(answer.status == 200 && answer.body == "success", "\(answer.body)")
                #expect(try await platform.client.ask(.get, "/v1/orders/\(order["id"].text)", token: anna)["state"].text == "paid")
            }
        }
    }

    @Test("A forged one, one that can't be read, and one under another type are recorded with their reason, for administrators to read")
    func refused() async throws {
        try await Platform.with { platform in
            let good = Platform.notification(outTradeNo: "P0", amountFen: 8_800)
            let keys = try Platform.keys.get()
            let forged = try keys.app.sign(AlipayCanonicalText.ofNotification(good))
            let right = try keys.alipay.sign(AlipayCanonicalText.ofNotification(good))
            func form(_ signature: String) -> String { AlipayForm.encode(good + [("sign_type", "RSA2"), ("sign", signature)]) }
            func post(_ form: String, type: String = "application/x-www-form-urlencoded") async throws -> Asked {
                try await platform.client.ask(.post, "/v1/payments/alipay/notifications", form: form, type: type)
            }
            for signature in [forged, "", "!!!"] {
                let answer = try await post(form(signature))
                #expect(answer.status == 200 && answer.body == "failure")
            }
            #expect(try await post(form(right), type: "text/plain").body == "failure")
            #expect(try await post("a=%").body == "failure")
            #expect(try await post(String(repeating: "a=1&", count: 200_000)).body == "failure")
            let listed = try await platform.admin.ask(.get, "/v1/payment-notifications", token: platform.administrator)
            #expect(
                listed["items"].items.map { $0["outcome"].text } == [
                    "body_too_large", "form_invalid", "content_type_unknown", "signature_invalid", "signature_missing", "signature_invalid",
                ])
            #expect(listed["items"].items.allSatisfy { $0["is_proven"] == .bool(false) && $0["trade_status"] == .null })
            let filtered = try await platform.admin.ask(
                .get, "/v1/payment-notifications?outcome=content_type_unknown&out_trade_no=P0", token: platform.administrator)
            #expect(filtered["items"].items.map { $0["content_type"].text } == ["text/plain"])
            #expect(filtered["items"].items.first?["body_start"].text.contains("out_trade_no=P0") == true)
            let payments = try await platform.pool.rows("SELECT id FROM payments") { try $0["id"] as Int64 }
            #expect(payments.isEmpty)
        }
    }

    @Test("There is an address for each gateway that posts notices, and no other")
    func addresses() async throws {
        try await Platform.with { platform in
            for name in ["counter", "wechat", "Alipay"] {
                let answer = try await platform.client.ask(.post, "/v1/payments/\(name)/notifications", form: "a=b")
                #expect(answer.status == 404)
            }
        }
    }
}
