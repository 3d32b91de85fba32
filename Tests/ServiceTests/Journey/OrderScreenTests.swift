import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@Suite("What the screens of orders and tickets need, in one call")
struct OrderScreenTests {
    /// What a showtime's own answer says of it, in the form in which orders and tickets carry it.
    private func expected(_ showtime: Asked, _ movie: Asked, _ cinema: Asked) -> JSONValue {
        func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
            .object(members.map { JSONMember(name: $0.key, value: $0.value) })
        }
        return object([
            "id": showtime["id"],
            "movie": object(["id": showtime["movie_id"], "title": showtime["movie_title"], "poster": movie["poster"]]),
            "cinema": object(["id": showtime["cinema_id"], "name": showtime["cinema_name"], "address": cinema["address"]]),
            "hall": object(["id": showtime["hall_id"], "name": showtime["hall_name"]]),
            "starts_at": showtime["starts_at"],
            "ends_at": showtime["ends_at"],
            "time_zone": showtime["time_zone"],
            "business_day": showtime["business_day"],
            "format": showtime["format"],
            "language": showtime["language"],
        ])
    }

    @Test("Every answer about an order, its tickets, an entry or a collection carries the showtime")
    func showtime() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (buyer, staff) = (try await platform.moviegoer("anna"), stage.merchant.token)
            let poster = try await platform.givePoster(toMovie: stage.movieID)
            let expected = expected(
                try await platform.client.ask(.get, "/v1/showtimes/\(stage.showtimeID)"),
                try await platform.client.ask(.get, "/v1/movies/\(stage.movieID)"),
                try await platform.client.ask(.get, "/v1/cinemas/\(stage.cinemaID)"))
            #expect(expected["movie"]["poster"]["hash"].text == poster)
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let opened = try await platform.order(buyer, stage.showtimeID, seats: [seat], key: "once")
            let id = opened["id"].text
            #expect(opened["showtime"] == expected, "\(opened.body)")
            #expect(try await platform.order(buyer, stage.showtimeID, seats: [seat], key: "once")["showtime"] == expected)

            let payment = try await platform.startPayment(buyer, orderID: id)
            #expect(
                try await platform.notify(
                    Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: opened["payable_fen"].number)) == "success")
            let tickets = try await platform.client.ask(.get, "/v1/orders/\(id)/tickets", token: buyer)
            #expect(tickets["showtime"] == expected, "\(tickets.body)")
            let ticket = tickets["tickets"].items.first ?? .null

            for (side, token) in [(platform.client, buyer), (platform.cinema, staff), (platform.admin, platform.administrator)] {
                #expect(try await side.ask(.get, "/v1/orders/\(id)", token: token)["showtime"] == expected)
                #expect(try await side.ask(.get, "/v1/orders", token: token)["items"].items.map { $0["showtime"] } == [expected])
            }
            for (side, token) in [(platform.cinema, staff), (platform.admin, platform.administrator)] {
                let listed = try await side.ask(.get, "/v1/tickets?showtime_id=\(stage.showtimeID)", token: token)
                #expect(listed["items"].items.map { $0["showtime"] } == [expected])
                let ofOrder = try await side.ask(.get, "/v1/orders/\(id)/tickets", token: token)
                #expect(ofOrder["showtime"] == expected && ofOrder["order_id"].text == id, "\(ofOrder.body)")
                #expect(ofOrder["tickets"].items == listed["items"].items)
                #expect(ofOrder["collection_code"] == .null, "the code is the buyer's")
                #expect(try await side.ask(.get, "/v1/tickets/\(ticket["id"].number)", token: token)["showtime"] == expected)
            }
            let entered = try await platform.cinema.ask(
                .post, "/v1/tickets/entries", token: staff,
                json: #"{"qr": "\#(ticket["qr"].text)", "override_reason": "A day before"}"#)
            #expect(entered["showtime"] == expected, "\(entered.body)")
            let collected = try await platform.cinema.ask(
                .post, "/v1/tickets/collections", token: staff, json: #"{"code": "\#(tickets["collection_code"].text)"}"#)
            #expect(collected["showtime"] == expected, "\(collected.body)")
            #expect(collected["tickets"].items.map { $0["showtime"] } == [expected])
        }
    }

    @Test("What giving back comes to is said before, and is what comes of it; asking changes nothing")
    func refundPreview() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage(startsIn: 7200)
            let staff = stage.merchant.token
            let policy = "/v1/cinemas/\(stage.cinemaID)/refund-policy"
            let tag = try await platform.cinema.ask(.get, policy, token: staff).headers[.eTag]
            let set = try await platform.cinema.ask(
                .put, policy, token: staff,
                json: #"{"steps": [{"minutes_before_start": 60, "fee_percent": 10}], "refunds_service_fee": false}"#, ifMatch: tag)
            #expect(set.status == 200, "\(set.body)")
            let buyer = try await platform.moviegoer("anna")
            let (id, tickets) = try await platform.paidOrder(buyer, stage, labels: ["A1", "A2"])
            let path = "/v1/orders/\(id)/refunds"
            let one = #"{"ticket_ids": [\#(tickets[0]["id"].number)]}"#
            // The order shows it too, also when the cinema has another one by now.
            let another = try await platform.cinema.ask(.put, policy, token: staff, json: #"{"steps": []}"#, ifMatch: "*")
            #expect(another.status == 200, "\(another.body)")
            for (side, token) in [(platform.client, buyer), (platform.cinema, staff), (platform.admin, platform.administrator)] {
                let shown = try await side.ask(.get, "/v1/orders/\(id)", token: token)["refund_policy"]
                #expect(shown["steps"].items.map { $0["fee_percent"].number } == [10] && shown["refunds_service_fee"] == .bool(false))
                #expect(shown["version"].number == 1)
                #expect(try await side.ask(.get, "/v1/orders", token: token)["items"].items.allSatisfy { $0["refund_policy"] == .null })
            }
            // Orders from before there were policies have the platform's first.
            try await platform.pool.execute("UPDATE orders SET refund_policy_id = NULL")
            let old = try await platform.client.ask(.get, "/v1/orders/\(id)", token: buyer)["refund_policy"]
            #expect(old["version"].number == 0 && !old["steps"].items.isEmpty)
            try await platform.pool.execute(
                """
                UPDATE orders
                SET refund_policy_id = (SELECT id FROM refund_policies WHERE version = 1 AND cinema_id IS NOT NULL)
                """)
            let preview = try await platform.client.ask(.post, path + "/preview", token: buyer, json: one)
            #expect(preview.status == 200, "\(preview.body)")
            #expect(preview["amount_fen"].number == 4050)
            #expect(preview["fee_fen"].number == 450)
            #expect(preview["is_whole"] == .bool(false))
            #expect(preview["tickets"].items.map { $0["service_fee_fen"].number } == [0])
            #expect(preview["policy"]["steps"].items.map { $0["fee_percent"].number } == [10])
            #expect(Timestamp(text: preview["terms_end_at"].text)?.date == stage.startsAt.addingTimeInterval(-3600))
            let free = try await platform.cinema.ask(.post, path + "/preview", token: staff, json: one)
            #expect(free["amount_fen"].number == 4800)
            #expect(free["terms_end_at"] == .null)
            #expect(try await platform.client.ask(.get, path, token: buyer)["items"].items.isEmpty)

            let done = try await platform.client.ask(.post, path, token: buyer, json: one)
            #expect(done["amount_fen"] == preview["amount_fen"] && done["fee_fen"] == preview["fee_fen"], "\(done.body)")
            let rest = try await platform.client.ask(.post, path + "/preview", token: buyer, json: "{}")
            #expect(rest["is_whole"] == .bool(true), "\(rest.body)")
            #expect(try await platform.client.ask(.post, path + "/preview", token: buyer, json: one).code == "ticket_refunded")
            let stranger = try await platform.moviegoer("eve")
            #expect(try await platform.client.ask(.post, path + "/preview", token: stranger, json: "{}").status == 404)
        }
    }

    @Test("The ways of paying are listed; who has lost where to pay finds it again, as long as it can be paid")
    func payments() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let methods = try await platform.client.ask(.get, "/v1/payment-methods")
            #expect(methods["items"].items.map { $0["method"].text }.contains("alipay_page"), "\(methods.body)")
            #expect(methods["items"].items.allSatisfy { $0["gateway"].text != "counter" })
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let order = try await platform.order(buyer, stage.showtimeID, seats: [seat])
            let path = "/v1/orders/\(order["id"].text)/payments"
            #expect(try await platform.client.ask(.get, path, token: buyer)["items"].items.isEmpty)
            let started = try await platform.startPayment(buyer, orderID: order["id"].text)
            let found = try await platform.client.ask(.get, path, token: buyer)
            let attempt = found["items"].items.first ?? .null
            for name in ["id", "out_trade_no", "amount_fen", "expires_at"] { #expect(attempt[name] == started[name], "\(found.body)") }
            #expect(attempt["state"].text == "started")
            // The same trade; only the time at which it was signed may differ, and the signature with it.
            func trade(_ url: String) -> [String] {
                (URLComponents(string: url)?.queryItems ?? []).filter { !["timestamp", "sign"].contains($0.name) }.map { "\($0)" }.sorted()
            }
            #expect(!trade(attempt["pay_url"].text).isEmpty)
            #expect(trade(attempt["pay_url"].text) == trade(started["pay_url"].text))
            #expect(
                try await platform.notify(
                    Platform.notification(outTradeNo: started["out_trade_no"].text, amountFen: order["payable_fen"].number)) == "success")
            let paid = try await platform.client.ask(.get, path, token: buyer)["items"].items.first ?? .null
            #expect(paid["state"].text == "succeeded")
            #expect(paid["pay_url"] == .null)
            let stranger = try await platform.moviegoer("eve")
            #expect(try await platform.client.ask(.get, path, token: stranger).status == 404)
        }
    }

    @Test("A payment sends its buyer back to the page that it names, also after a reload; only to pages that are allowed")
    func returning() async throws {
        try await Platform.with(["PAYMENTS_RETURN_ORIGINS": "https://www.example.com, http://localhost:5173"]) { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let id = try await platform.order(buyer, stage.showtimeID, seats: [seat])["id"].text
            let path = "/v1/orders/\(id)/payments"
            func start(_ json: String) async throws -> Asked { try await platform.client.ask(.post, path, token: buyer, json: json) }
            func returnURL(_ url: String) -> String? {
                URLComponents(string: url)?.queryItems?.first { $0.name == "return_url" }?.value
            }
            let page = "https://www.example.com/orders/\(id)"
            let started = try await start(#"{"method": "alipay_page", "return_url": "\#(page)"}"#)
            #expect(started.status == 201 && returnURL(started["pay_url"].text) == page, "\(started.body)")
            let usual = try await start(#"{"method": "alipay_wap"}"#)
            #expect(usual.status == 201 && returnURL(usual["pay_url"].text) != page)
            let listed = try await platform.client.ask(.get, path, token: buyer)["items"].items
            #expect(listed.map { returnURL($0["pay_url"].text) } == [page, returnURL(usual["pay_url"].text)])
            for wrong in ["https://evil.com/", "https://www.example.com@evil.com/", "javascript:alert(1)", "https://www.example.com/?a=b"] {
                let refused = try await start(#"{"method": "alipay_page", "return_url": "\#(wrong)"}"#)
                #expect(refused.status == 422 && refused.code == "return_url_not_allowed", "\(refused.body)")
                #expect(refused.pointers == ["/return_url"])
            }
            #expect(try await start(#"{"method": "alipay_page", "return_url": ""}"#).code == "body_invalid")
        }
        // Unless pages are allowed, none is.
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let id = try await platform.order(buyer, stage.showtimeID, seats: [seat])["id"].text
            let refused = try await platform.client.ask(
                .post, "/v1/orders/\(id)/payments", token: buyer,
                json: #"{"method": "alipay_page", "return_url": "https://www.example.com/"}"#)
            #expect(refused.code == "return_url_not_allowed", "\(refused.body)")
        }
    }

    @Test("An order is found by the number of its trade: by its buyer, its cinema and the platform, by nobody else")
    func byTrade() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, eve) = (try await platform.moviegoer("anna"), try await platform.moviegoer("eve"))
            let seats = try await platform.seats(stage.showtimeID)
            var ids: [String] = []
            for (token, label) in [(anna, "A1"), (anna, "A2"), (eve, "A3")] {
                let seat = try #require(seats[label])["id"].number
                ids.append(try await platform.order(token, stage.showtimeID, seats: [seat])["id"].text)
            }
            _ = try await platform.startPayment(anna, orderID: ids[0])
            let trade = try await platform.startPayment(anna, orderID: ids[0])["out_trade_no"].text
            let path = "/v1/orders?out_trade_no=\(trade)"
            let stranger = try await platform.merchant("bona")
            for (side, token, found) in [
                (platform.client, anna, [ids[0]]), (platform.client, eve, []), (platform.cinema, stage.merchant.token, [ids[0]]),
                (platform.cinema, stranger.token, []), (platform.admin, platform.administrator, [ids[0]]),
            ] {
                #expect(try await side.ask(.get, path, token: token)["items"].items.map { $0["id"].text } == found)
            }
            #expect(try await platform.client.ask(.get, "/v1/orders?out_trade_no=none", token: anna)["items"].items.isEmpty)
            for wrong in ["a-b", "%25", ""] {
                let refused = try await platform.client.ask(.get, "/v1/orders?out_trade_no=\(wrong)", token: anna)
                #expect(refused.status == 400 && refused.code == "parameter_invalid", "\(wrong): \(refused.body)")
            }
        }
    }

    @Test("Tickets are files too: a picture of the code, and an entry for the calendar, which is cancelled when they go back")
    func files() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (buyer, stranger) = (try await platform.moviegoer("anna"), try await platform.moviegoer("eve"))
            let seat = try #require(try await platform.seats(stage.showtimeID)["B1"])["id"].number
            let unpaid = try await platform.order(buyer, stage.showtimeID, seats: [seat])["id"].text
            #expect(try await platform.client.ask(.get, "/v1/orders/\(unpaid)/calendar.ics", token: buyer).code == "order_not_paid")

            let (id, tickets) = try await platform.paidOrder(buyer, stage, labels: ["A1", "A2"])
            let picture = "/v1/tickets/\(tickets[0]["id"].number)/qr.svg"
            let drawn = try await platform.client.ask(.get, picture, token: buyer)
            #expect(drawn.status == 200 && drawn.headers[.contentType] == "image/svg+xml", "\(drawn.body)")
            #expect(drawn.headers[.cacheControl] == "no-store")
            #expect(drawn.body == QRCode(tickets[0]["qr"].text)?.svg)
            #expect(try await platform.client.ask(.get, picture, token: stranger).status == 404)
            #expect(try await platform.client.ask(.get, picture).status == 401)

            let path = "/v1/orders/\(id)/calendar.ics"
            /// When the order was changed last, as calendars write it.
            func revision() async throws -> String {
                let events = try await platform.admin.ask(.get, "/v1/orders/\(id)/events", token: platform.administrator)["items"].items
                return "DTSTAMP:\((events.last?["at"].text.prefix(19) ?? "").filter { $0 != "-" && $0 != ":" })Z\r\n"
            }
            let calendar = try await platform.client.ask(.get, path, token: buyer)
            #expect(calendar.status == 200 && calendar.headers[.contentType] == "text/calendar; charset=utf-8", "\(calendar.body)")
            let lines = calendar.body.replacing("\r\n ", with: "").split(separator: "\r\n").map { String($0) }
            let start = stage.startsAt.addingTimeInterval(8 * 3600).formatted(
                Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted, timeZone: .gmt)
            ).dropLast()
            for line in ["UID:\(id.lowercased())@piao", "STATUS:CONFIRMED", "SUMMARY:Hero", "DTSTART;TZID=Asia/Shanghai:\(start)"] {
                #expect(lines.contains(line), "\(line): \(calendar.body)")
            }
            #expect(lines.contains { $0.hasPrefix("DESCRIPTION:A1\\, A2") })
            // The same order is the same file.
            #expect(calendar.body.contains(try await revision()))
            #expect(try await platform.client.ask(.get, path, token: buyer).body == calendar.body)
            #expect(try await platform.client.ask(.get, path, token: stranger).status == 404)

            let back = try await platform.client.ask(
                .post, "/v1/orders/\(id)/refunds", token: buyer, json: #"{"ticket_ids": [\#(tickets[0]["id"].number)]}"#)
            #expect(back.status == 202, "\(back.body)")
            let refused = try await platform.client.ask(.get, picture, token: buyer)
            #expect(refused.status == 409 && refused.code == "ticket_refunded", "\(refused.body)")
            let less = try await platform.client.ask(.get, path, token: buyer).body
            #expect(less.contains("DESCRIPTION:A2") && less.contains("STATUS:CONFIRMED"))
            #expect(less.contains(try await revision()))
            _ = try await platform.client.ask(.post, "/v1/orders/\(id)/refunds", token: buyer, json: "{}")
            let gone = try await platform.client.ask(.get, path, token: buyer).body
            #expect(gone.contains("STATUS:CANCELLED") && gone.contains("UID:\(id.lowercased())@piao") && !gone.contains("METHOD"))
            #expect(gone.contains(try await revision()))
        }
    }

    @Test("What is to come is listed by start, the next first; all else, the latest start first; page by page")
    func upcoming() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage(startsIn: 3 * 86_400)
            let (buyer, eve) = (try await platform.moviegoer("anna"), try await platform.moviegoer("eve"))
            var showtimes = [stage.showtimeID]
            for hours in [-40.0, 30, -20, 60] {
                let added = try await platform.schedule(
                    stage.merchant, hallID: stage.hallID, movieID: stage.movieID, startsAt: stage.startsAt.addingTimeInterval(hours * 3600))
                #expect(added.status == 201, "\(added.body)")
                showtimes.append(added["id"].number)
            }
            // Two orders of each showtime; of the second one another order is cancelled, and one showtime is over in the end.
            var ids: [Int64: [String]] = [:]
            for showtime in showtimes {
                for label in ["A1", "A2"] {
                    let seat = try #require(try await platform.seats(showtime)[label])["id"].number
                    let order = try await platform.order(buyer, showtime, seats: [seat])
                    #expect(order.status == 201, "\(order.body)")
                    ids[showtime, default: []].append(order["id"].text)
                    let payment = try await platform.startPayment(buyer, orderID: order["id"].text)
                    _ = try await platform.notify(
                        Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number))
                }
            }
            let seat = try #require(try await platform.seats(showtimes[1])["A3"])["id"].number
            let cancelled = try await platform.order(buyer, showtimes[1], seats: [seat])["id"].text
            #expect(try await platform.client.ask(.delete, "/v1/orders/\(cancelled)", token: buyer).status == 204)
            try await platform.pool.execute(
                """
                UPDATE showtimes
                SET starts_at = now() - INTERVAL '3 hours', ends_at = now() - INTERVAL '1 hour', occupied_until = now() - INTERVAL '30 minutes'
                WHERE id = \(showtimes[3])
                """)
            func listed(_ query: String, token: String) async throws -> [String] {
                var found: [String] = []
                var cursor = ""
                repeat {
                    let page = try await platform.client.ask(.get, "/v1/orders?\(query)&limit=3\(cursor)", token: token)
                    #expect(page.status == 200, "\(page.body)")
                    found += page["items"].items.map { $0["id"].text }
                    cursor = page["next"] == .null ? "" : "&cursor=\(page["next"].text)"
                } while !cursor.isEmpty && found.count < 100
                return found
            }
            // By start: the second, the first, the third, the fifth.
            let toCome = [1, 0, 2, 4].flatMap { (ids[showtimes[$0]] ?? []).sorted() }
            #expect(try await listed("upcoming=true", token: buyer) == toCome)
            let over = [cancelled] + (ids[showtimes[3]] ?? []).sorted().reversed()
            #expect(try await listed("upcoming=false", token: buyer) == over)
            #expect(try await listed("upcoming=false&state=cancelled", token: buyer) == [cancelled])
            #expect(try await listed("upcoming=true&state=collected", token: buyer).isEmpty)
            #expect(try await listed("upcoming=true", token: eve).isEmpty)
            let paid = try await listed("state=paid", token: buyer)
            #expect(Set(paid).isSuperset(of: toCome))
            for wrong in ["upcoming=yes", "upcoming=true&cursor=x", "upcoming=true&cursor=WyJ4IiwieSJd"] {
                #expect(try await platform.client.ask(.get, "/v1/orders?\(wrong)", token: buyer).status == 400, "\(wrong)")
            }
        }
    }

    @Test("Seats are priced before they are ordered, and who holds some finds them")
    func previewAndOwnSeats() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, ben) = (try await platform.moviegoer("anna"), try await platform.moviegoer("ben"))
            let seats = try await platform.seats(stage.showtimeID)
            func id(_ label: String) throws -> Int64 { try #require(seats[label])["id"].number }
            func preview(_ labels: [String], _ token: String? = nil) async throws -> Asked {
                try await platform.client.ask(
                    .post, "/v1/orders/preview", token: token ?? anna,
                    json: #"{"showtime_id": \#(stage.showtimeID), "seat_ids": \#(try labels.map(id))}"#)
            }
            let before = try await preview(["A1", "A2"])
            #expect(before.status == 200, "\(before.body)")
            #expect(before["taken_seat_ids"].items.isEmpty)
            #expect(before["seat_limit"].number == 6)
            let order = try await platform.order(anna, stage.showtimeID, seats: [try id("A1"), try id("A2")])
            for name in ["ticket_amount_fen", "service_fee_fen", "discount_fen", "payable_fen", "seats"] {
                #expect(before[name] == order[name], "\(name)")
            }
            #expect(try await preview(["A2", "A3"])["taken_seat_ids"].items.map(\.number) == [try id("A2")])
            #expect(try await preview(["A10"]).code == "couple_seats_sold_in_pairs")
            #expect(try await preview(["B5"]).code == "seat_not_for_sale")
            let unknown = try await platform.client.ask(
                .post, "/v1/orders/preview", token: anna, json: #"{"showtime_id": 999999, "seat_ids": [1]}"#)
            #expect(unknown.status == 422)
            #expect(unknown["errors"].items.map { $0["code"].text } == ["showtime_unknown"])

            let path = "/v1/showtimes/\(stage.showtimeID)/seats/mine"
            let mine = try await platform.client.ask(.get, path, token: anna)
            #expect(mine["items"].items.map { $0["order_id"] } == [order["id"]], "\(mine.body)")
            #expect(mine["items"].items.first?["seat_ids"].items.map(\.number) == [try id("A1"), try id("A2")])
            #expect(try await platform.client.ask(.get, path, token: ben)["items"].items.isEmpty)
            #expect(try await platform.client.ask(.get, path).status == 401)
            #expect(try await platform.client.ask(.delete, "/v1/orders/\(order["id"].text)", token: anna).status == 204)
            #expect(try await platform.client.ask(.get, path, token: anna)["items"].items.isEmpty)
        }
    }
}
