import Database
import Foundation
import HTTP
import HTTPTypes
import Shared
import Testing

@Suite("Bad input changes nothing and is told why")
struct BadInputTests {
    @Test("Seats that can't be had are refused by code and name")
    func seats() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            let seats = try await platform.seats(stage.showtimeID)
            func id(_ label: String) throws -> Int64 { try #require(seats[label])["id"].number }
            func seat(_ kind: String) throws -> Int64 { try #require(seats.values.first { $0["kind"].text == kind })["id"].number }
            let taken = try seat("standard")
            #expect(try await platform.order(anna, stage.showtimeID, seats: [taken]).status == 201)

            let couple = try seat("couple_left")
            let otherHalf = try #require(
                seats.values.first { $0["kind"].text == "couple_right" && $0["id"].number == couple + 1 })["id"].number
            let elsewhere = try await platform.seatOfAnotherHall(stage)
            let cases: [(seats: [Int64], status: Int, code: String)] = [
                ([taken], 409, "seat_taken"),
                ([try seat("house")], 409, "seat_not_for_sale"),
                ([try seat("broken")], 409, "seat_not_for_sale"),
                ([couple], 409, "couple_seats_sold_in_pairs"),
                ([couple, couple], 422, "seat_repeated"),
                ([999_999], 422, "seat_unknown"),
                ([elsewhere], 422, "seat_unknown"),
                ([try seat("standard"), elsewhere], 422, "seat_unknown"),
                ([], 422, "body_invalid"),
            ]
            for (wanted, status, code) in cases {
                let refused = try await platform.order(bert, stage.showtimeID, seats: wanted)
                #expect(refused.status == status, "\(wanted): \(refused.body)")
                // Of a couple's seat the half is named that lacks.
                let named = code == "couple_seats_sold_in_pairs" ? [otherHalf] : wanted
                if status == 409 { #expect(refused["seat_ids"].items.map(\.number) == named) }
                #expect(refused.code == code, "\(refused.body)")
                if wanted.isEmpty { #expect(refused.pointers == ["/seat_ids"]) }
            }
            #expect(try await platform.order(bert, 999_999, seats: [taken]).status == 422)
            let many = seats.values.filter { $0["kind"].text == "standard" && $0["id"].number != taken }.map { $0["id"].number }
            let tooMany = try await platform.order(bert, stage.showtimeID, seats: Array(many.sorted().prefix(7)))
            #expect(tooMany.code == "seat_limit_reached" && tooMany["limit"].number == 6, "\(tooMany.body)")
            let orders = try await platform.count("orders")
            #expect(orders == 1)
            let claims = try await platform.count("seat_claims")
            #expect(claims == 1)
        }
    }

    @Test("Asking again for seats of one's own unpaid order names that order; with somebody else's among them, these")
    func ownSeats() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            let seats = try await platform.seats(stage.showtimeID)
            func id(_ label: String) throws -> Int64 { try #require(seats[label])["id"].number }
            let (own, others, free) = (try id("A1"), try id("B1"), try id("A2"))
            let order = try await platform.order(anna, stage.showtimeID, seats: [own])
            #expect(try await platform.order(bert, stage.showtimeID, seats: [others]).status == 201)

            let held = try await platform.order(anna, stage.showtimeID, seats: [free, own])
            #expect(held.status == 409)
            #expect(held.code == "seats_held_by_you")
            #expect(held["order_id"].text == order["id"].text)
            #expect(held["seat_ids"].items.map(\.number) == [own])
            let taken = try await platform.order(anna, stage.showtimeID, seats: [own, others])
            #expect(taken.code == "seat_taken")
            #expect(taken["seat_ids"].items.map(\.number) == [others])
            #expect(try await platform.order(bert, stage.showtimeID, seats: [own]).code == "seat_taken")

            let cancelled = try await platform.client.ask(.delete, "/v1/orders/\(order["id"].text)", token: anna)
            #expect(cancelled.status == 204)
            #expect(try await platform.order(anna, stage.showtimeID, seats: [free, own]).status == 201)
        }
    }

    @Test("A blacklisted account can't order, a signed-out one is nobody")
    func accounts() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let me = try await platform.client.ask(.get, "/v1/me", token: anna)
            let path = "/v1/accounts/\((me["id"].number > 0 ? me["id"] : me["account"]["id"]).number)"
            let account = try await platform.admin.ask(.get, path, token: platform.administrator)
            let banned = try await platform.admin.ask(
                .patch, path, token: platform.administrator, json: #"{"permission": 1}"#, ifMatch: account.headers[.eTag])
            #expect(banned.status == 200, "\(banned.body)")
            let refused = try await platform.order(anna, stage.showtimeID, seats: [seat])
            #expect(refused.status == 403)
            #expect(refused.code == "account_restricted")
            #expect(try await platform.client.ask(.delete, "/v1/sessions/current", token: anna).status == 204)
            #expect(try await platform.order(anna, stage.showtimeID, seats: [seat]).status == 401)
        }
    }

    @Test("A value that only the database refuses is a 422 that names the field, if it is one of the body's")
    func valuesThatTheDatabaseRefuses() async throws {
        try await Platform.with { platform in
            func add() async throws -> Asked {
                try await platform.admin.ask(.post, "/v1/companies", token: platform.administrator, json: #"{"name": "Bona"}"#)
            }
            try await platform.pool.execute("ALTER TABLE companies DROP CONSTRAINT companies_name_check")
            for (column, pointers) in [("name", ["/name"]), ("created_at", [])] {
                try await platform.pool.execute(
                    "ALTER TABLE companies ADD CONSTRAINT companies_\(unsafeSQL: column)_check CHECK (name <> 'Bona')")
                let refused = try await add()
                #expect(refused.status == 422 && refused.code == "value_refused", "\(refused.body)")
                #expect(refused.pointers == pointers)
                #expect(!refused.body.contains("companies_"))
                try await platform.pool.execute("ALTER TABLE companies DROP CONSTRAINT companies_\(unsafeSQL: column)_check")
            }
            #expect(try await add().status == 201)
        }
    }

    @Test("Scheduling is refused without verification, without right, in the past, over another showtime and in another's hall")
    func scheduling() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage("wanda")
            let other = try await platform.merchant("bona", verified: false)
            let movieID = try await platform.movie("Unlicensed")
            let later = stage.startsAt.addingTimeInterval(86_400)
            let (_, otherHall) = try await platform.hall(other)
            func schedule(_ merchant: Platform.Merchant, _ hallID: Int64, _ movieID: Int64, _ at: Date) async throws -> Asked {
                try await platform.schedule(merchant, hallID: hallID, movieID: movieID, startsAt: at)
            }
            let unverified = try await schedule(other, otherHall, stage.movieID, later)
            #expect(unverified.status == 403)
            #expect(unverified.code == "merchant_not_verified")
            #expect(try await schedule(stage.merchant, stage.hallID, movieID, later).code == "screening_right_missing")
            #expect(try await schedule(stage.merchant, otherHall, stage.movieID, later).code == "hall_unknown")
            #expect(try await schedule(stage.merchant, stage.hallID, stage.movieID, Date().addingTimeInterval(-60)).status == 422)
            for minutes in [-110.0, 0, 110] {
                let overlapping = try await schedule(
                    stage.merchant, stage.hallID, stage.movieID, stage.startsAt.addingTimeInterval(minutes * 60))
                #expect(overlapping.status == 409)
                #expect(overlapping.code == "hall_occupied")
            }
            let cheap = try await platform.schedule(
                stage.merchant, hallID: stage.hallID, movieID: stage.movieID, startsAt: later, priceFen: 2999)
            #expect(cheap.status == 422)
            #expect(cheap.pointers == ["/prices/0/price_fen"])
            // Another merchant's cinema isn't there.
            #expect(try await platform.cinema.ask(.get, "/v1/cinemas/\(stage.cinemaID)", token: other.token).status == 404)
            #expect(try await platform.cinema.ask(.get, "/v1/halls/\(stage.hallID)/seats", token: other.token).status == 404)
            #expect(try await platform.cinema.ask(.get, "/v1/showtimes/\(stage.showtimeID)", token: other.token).status == 404)
            let showtimes = try await platform.count("showtimes")
            #expect(showtimes == 1)
        }
    }

    @Test("Somebody else's order isn't there, to look at, to pay, to cancel or to collect")
    func othersOrders() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let id = try await platform.order(anna, stage.showtimeID, seats: [seat])["id"].text
            for path in ["/v1/orders/\(id)", "/v1/orders/\(id)/events", "/v1/orders/\(id)/tickets"] {
                #expect(try await platform.client.ask(.get, path, token: bert).status == 404)
            }
            #expect(try await platform.client.ask(.delete, "/v1/orders/\(id)", token: bert).status == 404)
            #expect(try await platform.startPayment(bert, orderID: id).status == 404)
            #expect(try await platform.client.ask(.get, "/v1/orders", token: bert)["items"].items.isEmpty)
            let other = try await platform.merchant("bona")
            #expect(try await platform.cinema.ask(.get, "/v1/orders/\(id)", token: other.token).status == 404)
            let guessed = try await platform.cinema.ask(
                .post, "/v1/tickets/collections", token: other.token, json: #"{"code": "ABCDEFGH"}"#)
            #expect(guessed.status == 422)
            #expect(guessed.code == "collection_code_unknown")
            #expect(try await platform.startPayment(anna, orderID: id, method: "cash").status == 422)
            #expect(
                try await platform.client.ask(.post, "/v1/orders/\(id)/payment-claims", token: anna, json: "{}").code
                    == "no_payment_started")
        }
    }

    @Test("A forged, altered, misdirected or malformed notification changes nothing and isn't acknowledged")
    func notifications() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let order = try await platform.order(anna, stage.showtimeID, seats: [seat])
            let payment = try await platform.startPayment(anna, orderID: order["id"].text)
            let good = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
            func with(_ name: String, _ value: String) -> [(name: String, value: String)] {
                good.map { $0.name == name ? (name, value) : $0 }
            }
            let signature = try Platform.keys.get().alipay.sign(AlipayCanonicalText.ofNotification(good))
            let forged = try Platform.keys.get().app.sign(AlipayCanonicalText.ofNotification(good))
            let tail: [(name: String, value: String)] = [("sign_type", "RSA2"), ("sign", signature)]
            let refused = [
                AlipayForm.encode(good + [("sign_type", "RSA2"), ("sign", forged)]),
                AlipayForm.encode(good + [("sign_type", "RSA"), ("sign", signature)]),
                AlipayForm.encode(good + [("sign_type", "RSA2")]),
                AlipayForm.encode(good + [("sign_type", "RSA2"), ("sign", "")]),
                AlipayForm.encode(good + [("sign_type", "RSA2"), ("sign", "!!!")]),
                AlipayForm.encode(with("total_amount", "0.01") + tail),
                AlipayForm.encode(with("out_trade_no", "other") + tail),
                AlipayForm.encode(with("seller_id", "2088999999999999") + tail),
                AlipayForm.encode(good + [("extra", "1")] + tail),
                AlipayForm.encode(good.dropLast() + tail),
                "nonsense",
                "",
            ]
            for form in refused {
                #expect(try await platform.post(form: form) != "success", "\(form.prefix(80))")
            }
            // Signed well and wrong all the same.
            for (name, value) in [
                ("total_amount", "0.01"), ("total_amount", "48.001"), ("seller_id", "2088999999999999"), ("app_id", "1"),
                ("out_trade_no", "P0"), ("trade_status", "TRADE_MAYBE"),
            ] {
                #expect(try await platform.notify(with(name, value)) != "success", "\(name)")
            }
            let waiting = try await platform.client.ask(.get, "/v1/orders/\(order["id"].text)", token: anna)
            #expect(waiting["state"].text == "pending_payment")
            let early = try await platform.count("tickets")
            #expect(early == 0)
            // The gateway repeats itself; the money came once.
            for _ in 1...2 {
                let answer = try await platform.notify(good)
                #expect(answer == "success")
            }
            let payments = try await platform.pool.rows("SELECT state FROM payments") { try $0["state"] as String }
            #expect(payments == ["succeeded"])
            let tickets = try await platform.pool.rows("SELECT seat_id FROM tickets") { try $0["seat_id"] as Int64 }
            #expect(tickets == [seat])
            let claims = try await platform.count("seat_claims")
            #expect(claims == 1)
        }
    }
}

extension Platform {
    /// How many rows a table has.
    fileprivate func count(_ table: String) async throws -> Int? {
        try await pool.row("SELECT count(*) AS count FROM \(unsafeSQL: table)") { try $0["count"] as Int }
    }

    /// A seat for sale at the same time, by the same merchant, for the same movie, one hall further.
    fileprivate func seatOfAnotherHall(_ stage: Stage) async throws -> Int64 {
        let hall = try await cinema.ask(
            .post, "/v1/cinemas/\(stage.cinemaID)/halls", token: stage.merchant.token,
            json: #"{"name": "2", "formats": ["2D"], "layout": {"rows": [{"label": "A", "zone": "standard", "cells": "SSS"}]}}"#)
        #expect(hall.status == 201, "\(hall.body)")
        let showtime = try await schedule(
            stage.merchant, hallID: hall["id"].number, movieID: stage.movieID, startsAt: stage.startsAt)
        #expect(showtime.status == 201, "\(showtime.body)")
        return try #require(try await seats(showtime["id"].number)["A1"])["id"].number
    }
}
