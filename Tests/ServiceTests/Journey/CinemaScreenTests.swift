import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import Testing
import Text

@Suite("What the screens of cinemas need, in one call")
struct CinemaScreenTests {
    /// Nothing is kept, so that what is changed shows at once.
    private static let fresh = ["HTTP_ANSWER_MEMORY_BYTES": "0"]

    @Test("A cinema's schedule has its days to come, and the showtimes of one of them by movie, with prices and free seats")
    func schedule() async throws {
        try await Platform.with(Self.fresh) { platform in
            let stage = try await platform.stage(startsIn: 3 * 86_400)
            let buyer = try await platform.moviegoer("anna")
            let other = try await platform.movie("Later")
            try await platform.grantRight(stage.merchant, movieID: other)
            var ids = [stage.showtimeID]
            for (movieID, hours, priceFen) in [(other, 4.0, 5000), (stage.movieID, 8.0, 3900)] as [(Int64, Double, Int64)] {
                let added = try await platform.schedule(
                    stage.merchant, hallID: stage.hallID, movieID: movieID, startsAt: stage.startsAt.addingTimeInterval(hours * 3600),
                    priceFen: priceFen)
                #expect(added.status == 201, "\(added.body)")
                ids.append(added["id"].number)
            }
            _ = try await platform.paidOrder(buyer, stage, labels: ["A1", "A2"])
            let seat = try #require(try await platform.seats(stage.showtimeID)["A3"])["id"].number
            #expect(try await platform.order(buyer, stage.showtimeID, seats: [seat]).status == 201)

            let poster = try await platform.givePoster(toMovie: other)
            // What the list of showtimes says, day by day.
            let path = "/v1/cinemas/\(stage.cinemaID)/schedule"
            let listed = try await platform.client.ask(.get, "/v1/showtimes?cinema_id=\(stage.cinemaID)")["items"].items
            #expect(listed.map { $0["id"].number } == ids)
            let days = Dictionary(grouping: listed) { $0["business_day"].text }
            let next = try await platform.client.ask(.get, path)
            #expect(next.status == 200, "\(next.body)")
            #expect(next["days"].items.map { $0["day"].text } == days.keys.sorted())
            #expect(next["days"].items.map { $0["showtimes"].number } == days.keys.sorted().map { Int64(days[$0]?.count ?? 0) })
            #expect(next["day"].text == days.keys.min())
            #expect(next["cinema_id"].number == stage.cinemaID)
            let cinema = try await platform.client.ask(.get, "/v1/cinemas/\(stage.cinemaID)")
            #expect(cinema.status == 200 && next["cinema"] == cinema.json, "\(next.body)")
            for (day, showtimes) in days {
                let shown = try await platform.client.ask(.get, "\(path)?day=\(day)")
                let entries = shown["movies"].items.flatMap { movie in movie["showtimes"].items.map { (movie, $0) } }
                #expect(entries.count == showtimes.count)
                for (movie, entry) in entries {
                    let showtime = try #require(showtimes.first { $0["id"] == entry["id"] })
                    #expect(movie["id"] == showtime["movie_id"] && movie["title"] == showtime["movie_title"])
                    #expect(movie["poster"]["hash"].text == (movie["id"].number == other ? poster : ""))
                    for name in [
                        "hall_id", "hall_name", "starts_at", "ends_at", "format", "language", "service_fee_fen", "state", "preview",
                    ] {
                        #expect(entry[name] == showtime[name], "\(name)")
                    }
                    #expect(entry["lowest_price_fen"].number == showtime["prices"].items.map { $0["price_fen"].number }.min())
                    let free = try await platform.seats(entry["id"].number).values.count { $0["state"].text == "free" }
                    #expect(entry["free_seats"].number == Int64(free))
                    #expect(entry["seats"].number == 16)
                }
            }
            let none = try await platform.client.ask(.get, "\(path)?day=2020-01-01")
            #expect(none["movies"].items.isEmpty && none["day"].text == "2020-01-01")
            #expect(try await platform.client.ask(.get, "/v1/cinemas/999999/schedule").status == 404)
            #expect(try await platform.client.ask(.get, "\(path)?day=2026-02-30").status == 400)
        }
    }

    @Test("Home is one call: what a city shows today, and all cities with cinemas at once")
    func home() async throws {
        try await Platform.with(Self.fresh) { platform in
            let stage = try await platform.stage(startsIn: 600)
            _ = try await platform.movie("Nowhere")
            let here = try await platform.client.ask(.get, "/v1/movies?city_id=1&state=showing&sort=-popularity")
            #expect(here.status == 200, "\(here.body)")
            #expect(here["items"].items.map { $0["id"].number } == [stage.movieID])
            let movie = here["items"].items.first ?? .null
            // The showtime may belong to the next business day, if it is just before six in Shanghai.
            let clock = try CinemaClock(timeZone: "Asia/Shanghai", dayEndsAtHour: 6)
            let isToday: Int64 = clock.businessDay(of: stage.startsAt) == clock.businessDay(of: Date()) ? 1 : 0
            #expect(movie["showtimes_today"].number == isToday && movie["cinemas_today"].number == isToday, "\(movie)")
            for (side, token) in [(platform.cinema, stage.merchant.token), (platform.admin, platform.administrator)] {
                #expect(try await side.ask(.get, "/v1/movies?city_id=1", token: token)["items"].items.count == 1)
            }
            let all = try await platform.client.ask(.get, "/v1/movies")["items"].items
            #expect(all.count == 2 && all.allSatisfy { $0["showtimes_today"] == .null && $0["cinemas_today"] == .null })
            #expect(try await platform.client.ask(.get, "/v1/movies?city_id=999")["items"].items.isEmpty)
            for wrong in ["city_id=0", "city_id=x", "sort=popularity", "limit=101"] {
                #expect(try await platform.client.ask(.get, "/v1/movies?\(wrong)").code == "parameter_invalid", "\(wrong)")
            }
            let cities = try await platform.client.ask(.get, "/v1/cities?with_cinemas=true&limit=500")
            #expect(cities["items"].items.map { $0["id"].number } == [1], "\(cities.body)")
            for wrong in ["limit=501", "with_cinemas=1", "q="] {
                #expect(try await platform.client.ask(.get, "/v1/cities?\(wrong)").code == "parameter_invalid", "\(wrong)")
            }
        }
    }

    @Test("Cinemas of a city go by price or by distance, page by page; those without a price last")
    func order() async throws {
        try await Platform.with(Self.fresh) { platform in
            let stage = try await platform.stage(startsIn: 7200)
            // The lowest prices, by cinema; one that shows nothing is beyond all.
            var prices: [Int64: Int64] = [stage.cinemaID: 4500]
            for priceFen in [3900, 8000, 4500, Int64.max] {
                let (cinemaID, hallID) = try await platform.hall(stage.merchant)
                prices[cinemaID] = priceFen
                guard priceFen < .max else { continue }
                let added = try await platform.schedule(
                    stage.merchant, hallID: hallID, movieID: stage.movieID, startsAt: stage.startsAt, priceFen: priceFen)
                #expect(added.status == 201, "\(added.body)")
            }
            func listed(_ query: String) async throws -> [JSONValue] {
                var found: [JSONValue] = []
                var cursor = ""
                repeat {
                    let page = try await platform.client.ask(.get, "/v1/cinemas?\(query)&limit=2\(cursor)")
                    #expect(page.status == 200, "\(page.body)")
                    found += page["items"].items
                    cursor = page["next"] == .null ? "" : "&cursor=\(page["next"].text)"
                } while !cursor.isEmpty && found.count < 100
                return found
            }
            let expected = prices.map { (price: $0.value, id: $0.key) }.sorted { $0 < $1 }
            let byPrice = try await listed("city_id=1&sort=price")
            #expect(byPrice.map { $0["id"].number } == expected.map(\.id))
            #expect(byPrice.dropLast().map { $0["lowest_price_fen"].number } == expected.dropLast().map(\.price))
            #expect(byPrice.last?["lowest_price_fen"] == .null)
            #expect(byPrice.allSatisfy { $0["distance_m"] == .null })
            let near = try await listed("city_id=1&sort=price&near=31.2,121.4&movie_id=\(stage.movieID)")
            #expect(near.map { $0["id"].number } == expected.dropLast().map(\.id))
            #expect(near.allSatisfy { $0["distance_m"].number > 0 })
            let (byDistance, usual) = (
                try await listed("city_id=1&sort=distance&near=31.2,121.4"), try await listed("city_id=1&near=31.2,121.4")
            )
            #expect(byDistance == usual && usual.count == 5)
            #expect(try await listed("city_id=2&sort=price").isEmpty)
            for (query, parameter) in [("sort=price", "city_id"), ("city_id=1&sort=distance", "near")] {
                let refused = try await platform.client.ask(.get, "/v1/cinemas?\(query)")
                #expect(refused.status == 400 && refused.code == "sort_needs_parameter", "\(refused.body)")
                #expect(refused["parameter"].text == parameter)
            }
            for wrong in ["sort=name", "city_id=1&sort=price&cursor=WyJ4IiwieSJd"] {
                #expect(try await platform.client.ask(.get, "/v1/cinemas?\(wrong)").status == 400, "\(wrong)")
            }
        }
    }

    @Test("Cinemas in a list tell what they show of a movie on a day: lowest price, number, next starts and formats")
    func offers() async throws {
        try await Platform.with(Self.fresh) { platform in
            let stage = try await platform.stage(startsIn: 7200)
            let dear = try await platform.schedule(
                stage.merchant, hallID: stage.hallID, movieID: stage.movieID, startsAt: stage.startsAt.addingTimeInterval(4 * 86_400),
                priceFen: 9900)
            #expect(dear.status == 201, "\(dear.body)")
            let idle = try await platform.hall(stage.merchant).cinemaID
            func listed(_ query: String) async throws -> [Int64: JSONValue] {
                let page = try await platform.client.ask(.get, "/v1/cinemas?\(query)")
                #expect(page.status == 200, "\(page.body)")
                return Dictionary(uniqueKeysWithValues: page["items"].items.map { ($0["id"].number, $0) })
            }
            let today = try await listed("city_id=1")
            #expect(Set(today.keys) == [stage.cinemaID, idle])
            let own = try #require(today[stage.cinemaID])
            #expect(own["showtimes"].number == 1)
            #expect(own["lowest_price_fen"].number == 4500)
            #expect(own["next_starts"].items.map(\.text) == [stage.startsAt.formatted(.iso8601)])
            #expect(own["formats"].items.map(\.text) == ["2D"])
            #expect(today[idle]?["showtimes"].number == 0)
            #expect(today[idle]?["lowest_price_fen"] == .null)

            let later = try await platform.client.ask(.get, "/v1/showtimes/\(dear["id"].number)")["business_day"].text
            let onThatDay = try await listed("movie_id=\(stage.movieID)&day=\(later)&near=31.2,121.4")
            #expect(Set(onThatDay.keys) == [stage.cinemaID])
            #expect(onThatDay[stage.cinemaID]?["lowest_price_fen"].number == 9900)
            #expect((onThatDay[stage.cinemaID]?["distance_m"].number ?? 0) > 0)
            #expect(try await listed("movie_id=\(stage.movieID + 1)").isEmpty)
            #expect(try await listed("day=2020-01-01").isEmpty)
        }
    }
}
