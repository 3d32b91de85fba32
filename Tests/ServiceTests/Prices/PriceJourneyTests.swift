import Foundation
import HTTPTypes
import TestSupport
import Testing
import Text

@Suite("Prices, from the preview to the order")
struct PriceJourneyTests {
    @Test("A preview explains the price; an order at another price than expected is refused with it, and one at that price is opened")
    func expected() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seats = try await platform.seats(stage.showtimeID)
            let ids = try ["A1", "A2"].map { try #require(seats[$0])["id"].number }
            func body(_ more: String = "") -> String { #"{"showtime_id": \#(stage.showtimeID), "seat_ids": \#(ids)\#(more)}"# }
            let preview = try await platform.client.ask(.post, "/v1/orders/preview", token: anna, json: body())
            #expect(preview.status == 200, "\(preview.body)")
            #expect(preview["lines"].items.map { $0["seat_id"].number } == ids)
            #expect(preview["lines"].items.map { $0["base_fen"].number } == [4500, 4500])
            #expect(preview["lines"].items.map { $0["price_fen"].number } == [4500, 4500])
            #expect(preview["lines"].items.allSatisfy { $0["discounts"].items.isEmpty })
            #expect(preview["unused_fen"].number == 0)
            let payable = preview["payable_fen"].number

            func order(_ expected: Int64?, key: String) async throws -> Asked {
                try await platform.client.ask(
                    .post, "/v1/orders", token: anna, json: body(expected.map { #", "expected_payable_fen": \#($0)"# } ?? ""),
                    idempotencyKey: key)
            }
            let refused = try await order(payable - 1, key: "a")
            #expect(refused.status == 409 && refused.code == "price_changed", "\(refused.body)")
            #expect(refused["payable_fen"].number == payable && refused["lines"] == preview["lines"])
            #expect(refused["seat_ids"].items.map(\.number) == ids)
            // A refusal is no answer to a key, and the price belongs to what a key stands for.
            let opened = try await order(payable, key: "a")
            #expect(opened.status == 201 && opened["payable_fen"].number == payable, "\(opened.body)")
            #expect(try await order(payable, key: "a")["id"] == opened["id"])
            let reused = try await order(nil, key: "a")
            #expect(reused.code == "idempotency_key_reused", "\(reused.body)")
            for wrong in ["-1", "1.5", #""9600""#, "1000000001"] {
                let answer = try await platform.client.ask(
                    .post, "/v1/orders", token: anna, json: body(#", "expected_payable_fen": \#(wrong)"#))
                #expect(answer.status == 422 && answer.pointers == ["/expected_payable_fen"], "\(answer.body)")
            }
        }
    }

    @Test("Tickets tell their list price and what was paid; the cinema sees what it is credited")
    func tickets() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seats = try await platform.seats(stage.showtimeID)
            let id = try #require(seats["A1"])["id"].number
            let order = try await platform.order(anna, stage.showtimeID, seats: [id])
            let payment = try await platform.startPayment(anna, orderID: order["id"].text)
            let told = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
            #expect(try await platform.notify(told) == "success")
            let mine = try await platform.client.ask(.get, "/v1/orders/\(order["id"].text)/tickets", token: anna)["tickets"].items
            #expect(mine.map { $0["base_fen"].number } == [4500] && mine.map { $0["price_fen"].number } == [4500])
            #expect(mine.allSatisfy { $0["credited_fen"] == .null })
            let theirs = try await platform.cinema.ask(
                .get, "/v1/orders/\(order["id"].text)/tickets", token: stage.merchant.token)["tickets"].items
            #expect(theirs.map { $0["credited_fen"].number } == [4500] && theirs.map { $0["base_fen"].number } == [4500])
        }
    }
}
