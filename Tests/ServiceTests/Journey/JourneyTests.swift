import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@Suite("The main journey over HTTP, through the three services")
struct JourneyTests {
    @Test("A movie becomes a showtime, a seat an order, money a ticket, and the ticket is collected and counted")
    func journey() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")

            let found = try await platform.client.ask(.get, "/v1/showtimes?cinema_id=\(stage.cinemaID)&movie_id=\(stage.movieID)")
            #expect(found["items"].items.map { $0["id"].number } == [stage.showtimeID])
            let seats = try await platform.seats(stage.showtimeID)
            let pair = seats.values.filter { $0["kind"].text == "standard" }.prefix(2).map { $0["id"].number }

            let order = try await platform.order(buyer, stage.showtimeID, seats: pair, key: "first")
            #expect(order.status == 201, "\(order.body)")
            #expect(order["state"].text == "pending_payment")
            #expect(order["ticket_amount_fen"].number == 9000)
            #expect(order["service_fee_fen"].number == 600)
            #expect(order["payable_fen"].number == 9600)
            #expect(order["seats"].items.map { $0["id"].number } == pair)
            let again = try await platform.order(buyer, stage.showtimeID, seats: pair, key: "first")
            #expect(again.status == 201)
            #expect(again.body == order.body)
            #expect(again.headers[.location] == order.headers[.location])

            let id = order["id"].text
            let payment = try await platform.startPayment(buyer, orderID: id)
            #expect(payment.status == 201, "\(payment.body)")
            #expect(payment["pay_url"].text.hasPrefix("http://127.0.0.1:9/gateway.do?"))
            let claim = try await platform.client.ask(.post, "/v1/orders/\(id)/payment-claims", token: buyer, json: "{}")
            #expect(claim.status == 202, "\(claim.body)")
            #expect(claim["state"].text == "paid_unconfirmed")
            #expect(try await platform.client.ask(.get, "/v1/orders/\(id)/tickets", token: buyer).code == "order_not_paid")

            let notice = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: 9600)
            #expect(try await platform.notify(notice) == "success")
            #expect(try await platform.notify(notice) == "success")
            let tickets = try await platform.client.ask(.get, "/v1/orders/\(id)/tickets", token: buyer)
            #expect(tickets.status == 200, "\(tickets.body)")
            let code = tickets["collection_code"].text
            #expect(tickets["tickets"].items.map { $0["state"].text } == ["valid", "valid"])

            let collected = try await platform.cinema.ask(
                .post, "/v1/tickets/collections", token: stage.merchant.token, json: #"{"code": "\#(code)"}"#)
            #expect(collected.status == 200, "\(collected.body)")
            let twice = try await platform.cinema.ask(
                .post, "/v1/tickets/collections", token: stage.merchant.token, json: #"{"code": "\#(code)"}"#)
            #expect(twice.status == 409)
            #expect(twice.code == "already_collected")

            let story = try await platform.client.ask(.get, "/v1/orders/\(id)/events", token: buyer)
            #expect(story["items"].items.map { $0["cause"].text } == ["opened", "payment_claimed", "payment_confirmed", "collected"])
            let ranking = try await platform.admin.ask(.get, "/v1/rankings/box-office?by=movie", token: platform.administrator)
            let first = ranking["items"].items.first ?? .null
            #expect(first["movie_id"].number == stage.movieID)
            #expect(first["box_office_fen"].number == 9000)
            #expect(first["service_fee_fen"].number == 600)
            #expect(first["tickets"].number == 2)
            #expect(first["orders"].number == 1)
            #expect(try await platform.client.ask(.get, "/v1/rankings/box-office").json == ranking.json)
        }
    }

    @Test("Moviegoers' rankings may be two seconds old when they are asked for; the platform's are never kept")
    func rankingFreshness() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            for (label, tickets) in [("A1", 1), ("B1", 2)] {
                _ = try await platform.paidOrder(buyer, stage, labels: [label])
                let ranking = try await platform.admin.ask(.get, "/v1/rankings/box-office?by=total", token: platform.administrator)
                #expect(ranking["items"].items.map { $0["tickets"].number } == [Int64(tickets)])
            }
            func freshness(_ service: any TestClientProtocol) async throws -> String {
                // It has more schemas than an object of a body may have members.
                let document = try JSONParser.parse(try await service.ask(.get, "/openapi.json").body, rules: .lenient)
                return document["paths"]["/v1/rankings/box-office"]["get"]["responses"]["200"]["description"].text
            }
            #expect(try await freshness(platform.client) == "Here it is, as it was at most 3 seconds ago when it is sent.")
            #expect(try await freshness(platform.admin) == "Here it is.")
        }
    }

    @Test("The administrator manages a merchant's cinema and showtime, and cancelling it refunds its orders")
    func administration() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let order = try await platform.order(buyer, stage.showtimeID, seats: [seat])
            let payment = try await platform.startPayment(buyer, orderID: order["id"].text)
            let notice = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
            #expect(try await platform.notify(notice) == "success")

            let path = "/v1/showtimes/\(stage.showtimeID)"
            let shown = try await platform.admin.ask(.get, path, token: platform.administrator)
            #expect(shown.status == 200, "\(shown.body)")
            #expect(try await platform.admin.ask(.delete, path, token: platform.administrator).status == 428)
            let cancelled = try await platform.admin.ask(
                .delete, path, token: platform.administrator, ifMatch: shown.headers[.eTag])
            #expect(cancelled.status == 204, "\(cancelled.body)")
            let seen = try await platform.client.ask(.get, "/v1/orders/\(order["id"].text)", token: buyer)
            #expect(seen["state"].text == "refunding")
            let refused = try await platform.order(buyer, stage.showtimeID, seats: [seat])
            #expect(refused.code == "showtime_cancelled")
            let everybodys = try await platform.admin.ask(
                .get, "/v1/orders?showtime_id=\(stage.showtimeID)", token: platform.administrator)
            #expect(everybodys["items"].items.map { $0["id"].text } == [order["id"].text])
        }
    }

    @Test(
        "A showtime's tag changes with the names that it is shown with, and a change by an earlier tag is only refused after another change"
    )
    func showtimeTags() async throws {
        // Nothing is kept, so that what is changed shows at once.
        try await Platform.with(["HTTP_ANSWER_MEMORY_BYTES": "0"]) { platform in
            let stage = try await platform.stage()
            let path = "/v1/showtimes/\(stage.showtimeID)"
            let sides = [(platform.client, nil), (platform.cinema, stage.merchant.token), (platform.admin, platform.administrator)]
            var tags: [String] = []
            for (side, token) in sides {
                let shown = try await side.ask(.get, path, token: token)
                let tag = try #require(shown.headers[.eTag])
                tags.append(tag)
                #expect(try await side.ask(.get, path, token: token, ifNoneMatch: tag).status == 304)
            }
            let renamed = try await platform.admin.ask(
                .patch, "/v1/movies/\(stage.movieID)", token: platform.administrator, json: #"{"title": "Renamed"}"#, ifMatch: "*")
            #expect(renamed.status == 200, "\(renamed.body)")
            for ((side, token), tag) in zip(sides, tags) {
                let shown = try await side.ask(.get, path, token: token, ifNoneMatch: tag)
                #expect(shown.status == 200 && shown["movie_title"].text == "Renamed" && shown.headers[.eTag] != tag)
            }
            let change = #"{"sale_closes_at": "\#(stage.startsAt.addingTimeInterval(-60).formatted(.iso8601))"}"#
            for status in [200, 412] {
                let changed = try await platform.cinema.ask(.patch, path, token: stage.merchant.token, json: change, ifMatch: tags[1])
                #expect(changed.status == status, "\(changed.body)")
                let now = try await platform.cinema.ask(.get, path, token: stage.merchant.token).headers[.eTag]
                if status == 200 { #expect(changed.headers[.eTag] == now) }
            }
        }
    }

    @Test("An order expires by itself, its seats are somebody else's, and money that comes then goes back")
    func expiry() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let order = try await platform.order(anna, stage.showtimeID, seats: [seat])
            let payment = try await platform.startPayment(anna, orderID: order["id"].text)
            try await platform.pool.execute("UPDATE orders SET expires_at = clock_timestamp() - INTERVAL '1 second'")
            let path = "/v1/orders/\(order["id"].text)"
            #expect(try await platform.client.ask(.get, path, token: anna)["state"].text == "expired")
            #expect(try await platform.startPayment(anna, orderID: order["id"].text).code == "order_expired")
            #expect(try await platform.order(bert, stage.showtimeID, seats: [seat]).status == 201)
            let late = Platform.notification(outTradeNo: payment["out_trade_no"].text, amountFen: order["payable_fen"].number)
            #expect(try await platform.notify(late) == "success")
            #expect(try await platform.client.ask(.get, path, token: anna)["state"].text == "refunding")
        }
    }
}
