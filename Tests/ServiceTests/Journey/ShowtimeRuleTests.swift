import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@Suite("Showtimes by the rules, over HTTP")
struct ShowtimeRuleTests {
    @Test("A movie that has ended is sold no longer, online and at the counter, and its showtimes say so; it gets no others")
    func movieEnded() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            let buyer = try await platform.moviegoer("anna")
            let seat = try #require(try await platform.seats(stage.showtimeID)["A1"])["id"].number
            let path = "/v1/movies/\(stage.movieID)"
            let tag = try await platform.admin.ask(.get, path, token: platform.administrator).headers[.eTag]
            let ended = try await platform.admin.ask(
                .patch, path, token: platform.administrator, json: #"{"state": "ended"}"#, ifMatch: tag)
            #expect(ended.status == 200, "\(ended.body)")
            let online = try await platform.order(buyer, stage.showtimeID, seats: [seat])
            let counter = try await platform.cinema.ask(
                .post, "/v1/orders", token: stage.merchant.token,
                json: #"{"showtime_id": \#(stage.showtimeID), "seat_ids": [\#(seat)]}"#)
            for refused in [online, counter] {
                #expect(refused.status == 409, "\(refused.body)")
                #expect(refused.code == "sale_closed")
                #expect(refused["reason"].text == "movie_ended")
                #expect(refused["seat_ids"].items.map(\.number) == [seat])
            }
            for (service, token) in [
                (platform.client, nil), (platform.cinema, stage.merchant.token), (platform.admin, platform.administrator),
            ] as [(any TestClientProtocol, String?)] {
                let showtime = try await service.ask(.get, "/v1/showtimes/\(stage.showtimeID)", token: token)
                #expect(showtime["state"].text == "closed", "\(showtime.body)")
            }
            let another = try await platform.schedule(
                stage.merchant, hallID: stage.hallID, movieID: stage.movieID, startsAt: stage.startsAt.addingTimeInterval(86_400))
            #expect(another.status == 409 && another.code == "movie_ended", "\(another.body)")
        }
    }

    @Test("A showtime of a merchant that isn't verified any more, or whose right was revoked, doesn't say that it is on sale")
    func notOnSale() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            func state() async throws -> String {
                try await platform.cinema.ask(.get, "/v1/showtimes/\(stage.showtimeID)", token: stage.merchant.token)["state"].text
            }
            #expect(try await state() == "on_sale")
            let path = "/v1/merchants/\(stage.merchant.id)/verification"
            _ = try await platform.admin.ask(.post, path, token: platform.administrator, json: #"{"verified": false}"#)
            #expect(try await state() == "closed")
            _ = try await platform.admin.ask(.post, path, token: platform.administrator, json: #"{"verified": true}"#)
            #expect(try await state() == "on_sale")
            let right = try await platform.admin.ask(.get, "/v1/screening-rights", token: platform.administrator)["items"].items[0]
            let revoked = try await platform.admin.ask(
                .post, "/v1/screening-rights/\(right["id"].number)/decision", token: platform.administrator,
                json: #"{"decision": "revoke"}"#)
            #expect(revoked.status == 200, "\(revoked.body)")
            #expect(try await state() == "closed")
        }
    }

    @Test("Before the release day a showtime has to be called a preview, by POST and by PATCH")
    func previews() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            // A month after the showtimes.
            try await platform.pool.execute("UPDATE movies SET release_date = CURRENT_DATE + 40, version = version + 1")
            let later = stage.startsAt.addingTimeInterval(86_400)
            func schedule(_ more: String = "") async throws -> Asked {
                try await platform.schedule(
                    stage.merchant, hallID: stage.hallID, movieID: stage.movieID, startsAt: later, more: more)
            }
            let refused = try await schedule()
            #expect(refused.status == 409)
            #expect(refused.code == "before_release")
            let preview = try await schedule(#", "preview": true"#)
            #expect(preview.status == 201, "\(preview.body)")
            #expect(preview["preview"] == true)
            let path = "/v1/showtimes/\(preview["id"].number)"
            let denied = try await platform.cinema.ask(
                .patch, path, token: stage.merchant.token, json: #"{"preview": false}"#, ifMatch: preview.headers[.eTag])
            #expect(denied.status == 409)
            #expect(denied.code == "before_release")
            try await platform.pool.execute("UPDATE movies SET release_date = CURRENT_DATE - 40")
            let released = try await platform.cinema.ask(
                .patch, path, token: stage.merchant.token, json: #"{"preview": false}"#, ifMatch: preview.headers[.eTag])
            #expect(released.status == 200, "\(released.body)")
            #expect(released["preview"] == false)
            // 99 minutes of movie and 10 of trailers, then 15 of cleaning.
            let (starts, ends) = (try released.time("starts_at"), try released.time("ends_at"))
            #expect(ends == starts.addingTimeInterval(109 * 60))
            #expect(try released.time("occupied_until") == ends.addingTimeInterval(15 * 60))
        }
    }

    @Test("Where the release day moves later, the showtimes to come before it become previews, and no others")
    func postponed() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            var ids = [stage.showtimeID]
            for days in [1.0, 2, 20] {
                let added = try await platform.schedule(
                    stage.merchant, hallID: stage.hallID, movieID: stage.movieID, startsAt: stage.startsAt.addingTimeInterval(days * 86_400)
                )
                #expect(added.status == 201, "\(added.body)")
                ids.append(added["id"].number)
            }
            let other = try await platform.movie("Other")
            try await platform.grantRight(stage.merchant, movieID: other)
            let another = try await platform.schedule(
                stage.merchant, hallID: stage.hallID, movieID: other, startsAt: stage.startsAt.addingTimeInterval(3 * 86_400))
            #expect(another.status == 201, "\(another.body)")
            // One of them was cancelled before.
            try await platform.pool.execute("UPDATE showtimes SET cancelled_at = now() WHERE id = \(ids[1])")
            func showtimes() async throws -> [(preview: Bool, version: Int64)] {
                try await platform.pool.rows("SELECT preview, version FROM showtimes ORDER BY id") {
                    (try $0["preview"], try $0["version"])
                }
            }
            let before = try await showtimes()
            func release(_ startsIn: Double) async throws {
                let day = try CinemaClock(timeZone: "Asia/Shanghai", dayEndsAtHour: 6).localDay(
                    of: stage.startsAt.addingTimeInterval(startsIn * 86_400))
                let moved = try await platform.admin.ask(
                    .patch, "/v1/movies/\(stage.movieID)", token: platform.administrator, json: #"{"release_date": "\#(day)"}"#,
                    ifMatch: "*")
                #expect(moved.status == 200, "\(moved.body)")
            }
            try await release(2)
            let postponed = try await showtimes()
            #expect(postponed.map(\.preview) == [true, false, false, false, false])
            #expect(zip(postponed, before).map { $0.version - $1.version } == [1, 0, 0, 0, 0])
            #expect(try await platform.client.ask(.get, "/v1/showtimes/\(ids[0])")["preview"] == true)
            // By the cinema's clock: what is on the day itself is none.
            try await release(3)
            #expect(try await showtimes().map(\.preview) == [true, false, true, false, false])
            // An earlier one changes nothing.
            try await release(1)
            let last = try await showtimes()
            #expect(last.map(\.preview) == [true, false, true, false, false])
            #expect(zip(last, before).map { $0.version - $1.version } == [1, 0, 1, 0, 0])
        }
    }

    @Test("A cinema lies in its city; once it has sold, only the platform moves it, and what it earned stays where it was")
    func cinemaPlaces() async throws {
        try await Platform.with { platform in
            let stage = try await platform.stage()
            try await platform.pool.execute(
                """
                INSERT INTO administrative_divisions (code, name, level, latitude, longitude)
                VALUES ('310100000000', '市辖区', 'city', 31.230372, 121.473662), ('310101000000', '黄浦区', 'district', NULL, NULL)
                """)
            try await platform.pool.execute(
                "INSERT INTO cities (id, name, code, pinyin, initial) VALUES (2, '北京', '110100', 'BEIJING', 'B')")
            func cinema(_ district: String, _ latitude: Double) async throws -> Asked {
                try await platform.cinema.ask(
                    .post, "/v1/cinemas", token: stage.merchant.token,
                    json: """
                        {"name": "Castle", "city_id": 1, "district": "\(district)", "address": "street 1", "latitude": \(latitude), \
                        "longitude": 121.47, "phone": "021-1", "service_fee_fen": 300}
                        """)
            }
            for (answer, code, pointer) in [
                (try await cinema("海淀区", 31.2), "district_outside_city", "/district"),
                (try await cinema("黄浦区", 39.9), "point_outside_city", "/latitude"),
            ] {
                #expect(answer.status == 422, "\(answer.body)")
                #expect(answer["errors"].items.map { $0["code"].text } == [code])
                #expect(answer.pointers == [pointer])
            }
            #expect(try await cinema("黄浦区", 31.2).status == 201)

            let buyer = try await platform.moviegoer("anna")
            _ = try await platform.paidOrder(buyer, stage, labels: ["A1"])
            let path = "/v1/cinemas/\(stage.cinemaID)"
            let denied = try await platform.cinema.ask(
                .patch, path, token: stage.merchant.token, json: #"{"city_id": 2}"#, ifMatch: "*")
            #expect(denied.status == 409, "\(denied.body)")
            #expect(denied.code == "cinema_has_sales")
            let moved = try await platform.admin.ask(
                .patch, path, token: platform.administrator, json: #"{"city_id": 2}"#, ifMatch: "*")
            #expect(moved.status == 200, "\(moved.body)")
            _ = try await platform.paidOrder(buyer, stage, labels: ["B1"])
            let ranking = try await platform.admin.ask(.get, "/v1/rankings/box-office?by=city", token: platform.administrator)
            #expect(ranking["items"].items.map { $0["city_id"].number } == [1])
            #expect(ranking["items"].items.map { $0["tickets"].number } == [2])
        }
    }
}

extension Asked {
    fileprivate func time(_ name: String) throws -> Date {
        try Date(self[name].text, strategy: .iso8601)
    }
}
