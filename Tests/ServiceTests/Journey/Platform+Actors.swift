import API
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

extension Platform {
    /// A merchant's account.
    struct Merchant: Sendable {
        let id: Int64
        let token: String
    }

    /// A hall of a merchant's cinema, and a showtime in it.
    struct Stage: Sendable {
        let merchant: Merchant
        let movieID: Int64
        let cinemaID: Int64
        let hallID: Int64
        let showtimeID: Int64
        let startsAt: Date
    }

    func moviegoer(_ name: String) async throws -> String {
        let signedUp = try await client.ask(
            .post, "/v1/accounts", json: #"{"username": "\#(name)", "password": "\#(Self.password)"}"#)
        #expect(signedUp.status == 201, "\(signedUp.body)")
        return signedUp["token"].text
    }

    func merchant(_ name: String, verified: Bool = true) async throws -> Merchant {
        let registered = try await cinema.ask(
            .post, "/v1/accounts",
            json: """
                {"username": "\(name)", "password": "\(Self.password)", "phone": "139\(Int.random(in: 10_000_000...99_999_999))", \
                "merchant_name": "\(name)"}
                """)
        #expect(registered.status == 201, "\(registered.body)")
        let merchant = Merchant(id: registered["merchant"]["id"].number, token: registered["token"].text)
        if verified {
            let answer = try await admin.ask(
                .post, "/v1/merchants/\(merchant.id)/verification", token: administrator, json: #"{"verified": true}"#)
            #expect((200...201).contains(answer.status), "\(answer.body)")
        }
        return merchant
    }

    func movie(_ title: String = "Hero") async throws -> Int64 {
        let added = try await admin.ask(
            .post, "/v1/movies", token: administrator,
            json: """
                {"title": "\(title)", "duration_min": 99, "release_date": "2026-01-01", "formats": ["2D"], "languages": ["Mandarin"], \
                "minimum_price_fen": 3000, "state": "showing", "people": [{"name": "Zhang Yimou", "role": "director"}]}
                """)
        #expect(added.status == 201, "\(added.body)")
        return added["id"].number
    }

    func grantRight(_ merchant: Merchant, movieID: Int64) async throws {
        let (from, to) = ("2026-01-01", "2035-12-31")
        let asked = try await cinema.ask(
            .post, "/v1/screening-rights", token: merchant.token,
            json: #"{"movie_id": \#(movieID), "valid_from": "\#(from)", "valid_to": "\#(to)"}"#)
        #expect(asked.status == 201, "\(asked.body)")
        #expect(asked["state"].text == "requested")
        let granted = try await admin.ask(
            .post, "/v1/screening-rights/\(asked["id"].number)/decision", token: administrator,
            json: #"{"decision": "grant", "valid_from": "\#(from)", "valid_to": "\#(to)"}"#)
        #expect((200...201).contains(granted.status), "\(granted.body)")
    }

    func hall(_ merchant: Merchant, cells: [String] = ["SSS_SSSS_LRLR", "SSSSHXW______"]) async throws -> (cinemaID: Int64, hallID: Int64) {
        let cinema = try await cinema.ask(
            .post, "/v1/cinemas", token: merchant.token,
            json: """
                {"name": "Palace \(UUID().uuidString.prefix(8))", "city_id": 1, "district": "黄浦区", "address": "street 1", "latitude": 31.23, "longitude": 121.47, \
                "phone": "021-1", "service_fee_fen": 300, "seat_limit": 6}
                """)
        #expect(cinema.status == 201, "\(cinema.body)")
        let rows = cells.enumerated().map { #"{"label": "\#("ABCDEFGH".map(String.init)[$0])", "zone": "standard", "cells": "\#($1)"}"# }
        let hall = try await self.cinema.ask(
            .post, "/v1/cinemas/\(cinema["id"].number)/halls", token: merchant.token,
            json: #"{"name": "1", "formats": ["2D"], "layout": {"rows": [\#(rows.joined(separator: ", "))]}}"#)
        #expect(hall.status == 201, "\(hall.body)")
        return (cinema["id"].number, hall["id"].number)
    }

    func schedule(
        _ merchant: Merchant, hallID: Int64, movieID: Int64, startsAt: Date, priceFen: Int64 = 4500, more: String = ""
    ) async throws -> Asked {
        try await cinema.ask(
            .post, "/v1/showtimes", token: merchant.token,
            json: """
                {"hall_id": \(hallID), "movie_id": \(movieID), "starts_at": "\(startsAt.formatted(.iso8601))", "format": "2D", \
                "language": "Mandarin", "prices": [{"zone": "standard", "price_fen": \(priceFen)}]\(more)}
                """)
    }

    /// Everything up to a showtime on sale.
    func stage(_ name: String = "wanda", startsIn seconds: Double = 86_400) async throws -> Stage {
        let merchant = try await merchant(name)
        let movieID = try await movie()
        try await grantRight(merchant, movieID: movieID)
        let (cinemaID, hallID) = try await hall(merchant)
        let startsAt = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + seconds).rounded())
        let showtime = try await schedule(merchant, hallID: hallID, movieID: movieID, startsAt: startsAt)
        #expect(showtime.status == 201, "\(showtime.body)")
        return Stage(
            merchant: merchant, movieID: movieID, cinemaID: cinemaID, hallID: hallID, showtimeID: showtime["id"].number,
            startsAt: startsAt)
    }

    /// The seats of a showtime by label.
    func seats(_ showtimeID: Int64) async throws -> [String: JSONValue] {
        let map = try await client.ask(.get, "/v1/showtimes/\(showtimeID)/seats")
        #expect(map.status == 200, "\(map.body)")
        return Dictionary(map["seats"].items.map { ($0["label"].text, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func order(_ token: String, _ showtimeID: Int64, seats: [Int64], key: String? = nil) async throws -> Asked {
        try await client.ask(
            .post, "/v1/orders", token: token, json: #"{"showtime_id": \#(showtimeID), "seat_ids": \#(seats)}"#, idempotencyKey: key)
    }

    func startPayment(_ token: String, orderID: String, method: String = "alipay_page") async throws -> Asked {
        try await client.ask(.post, "/v1/orders/\(orderID)/payments", token: token, json: #"{"method": "\#(method)"}"#)
    }

    /// What the gateway would post when a trade was paid, without its signature.
    static func notification(outTradeNo: String, amountFen: Int64, status: String = "TRADE_SUCCESS") -> [(name: String, value: String)] {
        [
            ("app_id", appID), ("charset", "utf-8"), ("notify_id", UUID().uuidString), ("notify_type", "trade_status_sync"),
            ("out_trade_no", outTradeNo), ("seller_id", sellerID), ("subject", "电影票 & 🎬 + 100% = ok"),
            ("total_amount", "\(amountFen / 100).\(amountFen % 100 < 10 ? "0" : "")\(amountFen % 100)"), ("trade_no", "2026\(outTradeNo)"),
            ("trade_status", status), ("version", "1.0"),
        ]
    }

    /// Posts a notification signed by the gateway's key.
    ///
    /// - Returns: what we answered.
    func notify(_ parameters: [(name: String, value: String)]) async throws -> String {
        let signature = try Self.keys.get().alipay.sign(AlipayCanonicalText.ofNotification(parameters))
        let form = AlipayForm.encode(parameters + [("sign_type", "RSA2"), ("sign", signature)])
        return try await post(form: form)
    }

    func post(form: String) async throws -> String {
        try await client.ask(.post, "/v1/payments/alipay/notifications", form: form).body
    }
}
