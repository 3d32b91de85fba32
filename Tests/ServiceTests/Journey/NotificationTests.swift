import Database
import Foundation
import HTTPTypes
import Shared
import Testing

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

    @Test("A forged one leaves no row")
    func forged() async throws {
        try await Platform.with { platform in
            let good = Platform.notification(outTradeNo: "P0", amountFen: 8_800)
            let forged = try Platform.keys.get().app.sign(AlipayCanonicalText.ofNotification(good))
            for signature in [forged, "", "!!!"] {
                let answer = try await platform.post(form: AlipayForm.encode(good + [("sign_type", "RSA2"), ("sign", signature)]))
                #expect(answer == "failure")
            }
            let rows = try await platform.pool.rows("SELECT outcome FROM payment_notifications") { try $0["outcome"] as String }
            #expect(rows.isEmpty)
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
