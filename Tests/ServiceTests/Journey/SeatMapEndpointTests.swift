import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Shared
import TestSupport
import Testing
import Text

@Suite("Seat maps, asked for over HTTP")
struct SeatMapEndpointTests {
    private func id(_ label: String, _ seats: [String: JSONValue]) throws -> Int64 {
        try #require(seats[label])["id"].number
    }

    @Test("A map has a tag; asked with it the answer is 304 until a seat changes, and each booking is on the next map")
    func tags() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let path = "/v1/showtimes/\(stage.showtimeID)/seats"
            let seats = try await platform.seats(stage.showtimeID)
            let first = try await platform.client.ask(.get, path)
            let tag = try #require(first.headers[.eTag])
            let again = try await platform.client.execute(uri: path, method: .get, headers: [.ifNoneMatch: tag])
            #expect(again.status == .notModified)
            #expect(again.body.readableBytes == 0)
            #expect([first.headers[.cacheControl], again.headers[.cacheControl]] == ["no-cache", "no-cache"])
            let head = try await platform.client.execute(uri: path, method: .head)
            #expect(head.status == .ok && head.body.readableBytes == 0 && head.headers[.eTag] == tag)
            #expect(head.headers[.contentLength] == "\(first.body.utf8.count)")
            let knownHead = try await platform.client.execute(uri: path, method: .head, headers: [.ifNoneMatch: tag])
            #expect(knownHead.status == .notModified && knownHead.headers[.eTag] == tag)
            let order = try await platform.order(anna, stage.showtimeID, seats: [try id("A1", seats)])
            #expect(order.status == 201)
            let claimed = try await platform.client.execute(uri: path, method: .get, headers: [.ifNoneMatch: tag])
            #expect(claimed.status == .ok)
            #expect(claimed.headers[.eTag] != tag)
            #expect(try await platform.seats(stage.showtimeID)["A1"]?["state"].text == "claimed")
            let cancelled = try await platform.client.ask(.delete, "/v1/orders/\(order["id"].text)", token: anna)
            #expect(cancelled.status == 204)
            #expect(try await platform.seats(stage.showtimeID)["A1"]?["state"].text == "free")
            let chosen = try await platform.client.ask(.get, path + "?fields=revision")
            #expect(chosen.body == #"{"revision":2}"#)
        }
    }

    @Test("A whole map says how to draw the hall; one of changes doesn't say it again")
    func drawing() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let path = "/v1/showtimes/\(stage.showtimeID)/seats"
            let whole = try await platform.client.ask(.get, path)
            let (hall, seats) = (whole["hall"], whole["seats"].items)
            #expect(hall["rows"].number == seats.map { $0["row_number"].number }.max())
            #expect(hall["columns"].number == seats.map { $0["column"].number }.max())
            #expect(hall["screen_side"].text == "top")
            let showtime = try await platform.client.ask(.get, "/v1/showtimes/\(stage.showtimeID)")
            let cinema = try await platform.client.ask(.get, "/v1/cinemas/\(showtime["cinema_id"].number)")
            #expect(whole["seat_limit"] == cinema["seat_limit"] && whole["seat_limit"].number > 0)
            #expect(whole["service_fee_fen"] == showtime["service_fee_fen"] && whole["service_fee_fen"] != .null)
            let zones = hall["zones"].items
            #expect(zones.map { $0["zone"].text } == ["standard"] && zones.map { $0["price_fen"].number } == [4500])
            #expect(zones.allSatisfy { $0["colour"].text.hasPrefix("#") })
            let seat = try id("A1", try await platform.seats(stage.showtimeID))
            _ = try await platform.order(anna, stage.showtimeID, seats: [seat])
            let changes = try await platform.client.ask(.get, "\(path)?since=\(whole["revision"].number)")
            #expect(changes["since"] == whole["revision"])
            for member in ["hall", "seat_limit", "service_fee_fen"] { #expect(changes[member] == .null) }
        }
    }

    @Test("The counter's map has what is sold there: house seats are free while nobody holds them, broken ones are not")
    func counter() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, staff) = (try await platform.moviegoer("anna"), stage.merchant.token)
            let path = "/v1/showtimes/\(stage.showtimeID)/seats"
            let online = try await platform.seats(stage.showtimeID)
            for (side, token) in [(platform.cinema, staff), (platform.admin, platform.administrator)] {
                let map = try await side.ask(.get, path, token: token)
                #expect(map.status == 200 && map.headers[.cacheControl] == "no-store", "\(map.body)")
                #expect(map["hall"]["rows"].number == 2)
                #expect(map["seats"].items.count == online.count)
                for seat in map["seats"].items {
                    let shown = try #require(online[seat["label"].text])
                    #expect(seat["state"].text == (seat["kind"].text == "house" ? "free" : shown["state"].text))
                    if seat["kind"].text == "broken" { #expect(seat["state"].text == "blocked") }
                }
                #expect(map["seats"].items.contains { $0["kind"].text == "house" })
                let tag = try #require(map.headers[.eTag])
                #expect(try await side.ask(.get, path, token: token, ifNoneMatch: tag).status == 304)
                #expect(try await side.ask(.get, "/v1/showtimes/999999/seats", token: token).status == 404)
            }
            let before = try await platform.cinema.ask(.get, path, token: staff)["revision"].number
            let house = try #require(online.values.first { $0["kind"].text == "house" })["id"].number
            let sold = try await platform.cinema.ask(
                .post, "/v1/orders", token: staff, json: #"{"showtime_id": \#(stage.showtimeID), "seat_ids": [\#(house)]}"#)
            #expect(sold.status == 201, "\(sold.body)")
            _ = try await platform.order(anna, stage.showtimeID, seats: [try id("A1", online)])
            let changes = try await platform.cinema.ask(.get, "\(path)?since=\(before)", token: staff)
            #expect(changes["seats"].items.map { $0["state"].text } == ["claimed", "claimed"], "\(changes.body)")
            #expect(changes["seats"].items.map { $0["id"].number }.contains(house))

            let stranger = try await platform.merchant("bona")
            #expect(try await platform.cinema.ask(.get, path, token: stranger.token).status == 404)
            let elsewhere = try await platform.hall(stage.merchant).cinemaID
            let limited = try await platform.holder(.cinema, of: stage.merchant.id, grants: ["showtimes": 1], cinemaIDs: [elsewhere])
            #expect(try await platform.cinema.ask(.get, path, token: limited.token).status == 404)
        }
    }

    @Test("Since a revision only the seats that changed are told; of one that is unknown the whole map, without since")
    func since() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let (anna, bert) = (try await platform.moviegoer("anna"), try await platform.moviegoer("bert"))
            let path = "/v1/showtimes/\(stage.showtimeID)/seats"
            let whole = try await platform.client.ask(.get, path)
            let seats = try await platform.seats(stage.showtimeID)
            let start = whole["revision"].number
            #expect(whole["since"] == .null)
            _ = try await platform.order(anna, stage.showtimeID, seats: [try id("A1", seats)])
            let one = try await platform.client.ask(.get, "\(path)?since=\(start)")
            #expect(one["seats"].items.map { $0["label"].text } == ["A1"])
            #expect(one["seats"].items.map { $0["state"].text } == ["claimed"])
            #expect(one["since"].number == start)
            #expect(one["showtime_id"].number == stage.showtimeID)
            _ = try await platform.order(bert, stage.showtimeID, seats: [try id("B2", seats)])
            let two = try await platform.client.ask(.get, "\(path)?since=\(start)")
            #expect(two["seats"].items.map { $0["label"].text } == ["A1", "B2"])
            #expect(two["revision"].number > one["revision"].number)
            let latest = try await platform.client.ask(.get, "\(path)?since=\(one["revision"].number)")
            #expect(latest["seats"].items.map { $0["label"].text } == ["B2"])
            let nothing = try await platform.client.ask(.get, "\(path)?since=\(two["revision"].number)")
            #expect(nothing["seats"].items.isEmpty)
            #expect(nothing["since"].number == two["revision"].number)
            let tags = [whole, one, two, latest, nothing].map { $0.headers[.eTag] }
            #expect(Set(tags).count == 5)
            for unknown in ["99", "\(Int64.max)"] {
                let all = try await platform.client.ask(.get, "\(path)?since=\(unknown)")
                #expect(all["since"] == .null)
                #expect(all["seats"].items.count == seats.count)
            }
            for wrong in ["-1", "x", "", "9223372036854775808", "1.5"] {
                let refused = try await platform.client.ask(.get, "\(path)?since=\(wrong)")
                #expect(refused.status == 400, "\(wrong)")
                #expect(refused.code == "parameter_invalid")
            }
            #expect(try await platform.client.ask(.get, "/v1/showtimes/999999/seats?since=1").status == 404)
        }
    }

    @Test("Sixty-four steps back it is known what has changed; further back the whole map is told")
    func manySteps() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let path = "/v1/showtimes/\(stage.showtimeID)/seats"
            let seats = try await platform.seats(stage.showtimeID)
            // The first step is of a seat that no later one is about.
            _ = try await platform.order(anna, stage.showtimeID, seats: [try id("B2", seats)])
            let first = try await platform.client.ask(.get, path)["revision"].number
            for _ in 0..<32 {
                let order = try await platform.order(anna, stage.showtimeID, seats: [try id("A1", seats)])
                _ = try await platform.client.ask(.get, path)
                _ = try await platform.client.ask(.delete, "/v1/orders/\(order["id"].text)", token: anna)
                _ = try await platform.client.ask(.get, path)
            }
            let known = try await platform.client.ask(.get, "\(path)?since=\(first)")
            #expect(known["revision"].number == first + 64)
            #expect(known["seats"].items.map { $0["label"].text } == ["A1"])
            let unknown = try await platform.client.ask(.get, "\(path)?since=\(first - 1)")
            #expect(unknown["since"] == .null)
            #expect(unknown["seats"].items.count == seats.count)
        }
    }

    @Test("The best seats are chosen without a token, can be ordered as they are, and when there are too few that is told")
    func best() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let anna = try await platform.moviegoer("anna")
            let path = "/v1/showtimes/\(stage.showtimeID)/best-seats"
            let chosen = try await platform.client.ask(.post, path, json: #"{"count": 3}"#)
            #expect(chosen.status == 200, "\(chosen.body)")
            #expect(chosen["adjacent"] == .bool(true))
            let ids = chosen["seats"].items.map { $0["id"].number }
            #expect(ids.count == 3)
            #expect(try await platform.order(anna, stage.showtimeID, seats: ids).status == 201)
            let next = try await platform.client.ask(.post, path, json: #"{"count": 3, "zone": "standard"}"#)
            #expect(Set(ids).isDisjoint(with: next["seats"].items.map { $0["id"].number }), "What was ordered is not offered again.")
            #expect(next["revision"].number == chosen["revision"].number + 1)
            let wheelchair = try await platform.client.ask(.post, path, json: #"{"count": 1, "kind": "wheelchair"}"#)
            #expect(wheelchair["seats"].items.map { $0["kind"].text } == ["wheelchair"])
            for count in [7, 20] {
                let refused = try await platform.client.ask(.post, path, json: #"{"count": \#(count)}"#)
                #expect(refused.status == 422)
                #expect(refused.code == "seat_limit_exceeded")
                #expect(refused.pointers == ["/count"])
            }
            // Other than a showtime's version it changes at once.
            try await platform.pool.execute("UPDATE cinemas SET seat_limit = 2")
            try await until { try await platform.client.ask(.post, path, json: #"{"count": 3}"#).status == 422 }
            #expect(try await platform.client.ask(.post, path, json: #"{"count": 2}"#).status == 200)
            for wish in [#"{"count": 2, "kind": "wheelchair"}"#, #"{"count": 1, "zone": "vip"}"#] {
                let refused = try await platform.client.ask(.post, path, json: wish)
                #expect(refused.status == 409, "\(wish)")
                #expect(refused.code == "seats_unavailable")
            }
            for (wish, pointer) in [
                (#"{"count": 0}"#, "/count"), (#"{"count": 21}"#, "/count"), ("{}", "/count"), (#"{"count": 1, "kind": "house"}"#, "/kind"),
                (#"{"count": 1, "zone": ""}"#, "/zone"), (#"{"count": 1, "row": 2}"#, "/row"),
            ] {
                let invalid = try await platform.client.ask(.post, path, json: wish)
                #expect(invalid.status == 422, "\(wish)")
                #expect(invalid.pointers == [pointer])
            }
            #expect(try await platform.client.ask(.post, "/v1/showtimes/999999/best-seats", json: #"{"count": 1}"#).status == 404)
            let claims = try await platform.pool.row("SELECT count(*) AS count FROM seat_claims") { try $0["count"] as Int }
            #expect(claims == 3)
        }
    }
}
