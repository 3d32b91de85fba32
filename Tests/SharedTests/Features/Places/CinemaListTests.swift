import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("Lists of cinemas")
struct CinemaListTests {
    @Test("are found by what people type of their names, within a city where one is named; who fits best comes first")
    func search() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            for city in [1, 2] as [Int64] { try await fixture.city(city) }
            let merchant = try await fixture.merchant()
            let named: [(String, Int64)] = [
                ("上海长沙影城", 1), ("长沙影城五一店", 1), ("长沙影城", 2), ("Bona Palace", 1), ("Bona Garden", 2), ("Bonna", 1), ("Bona", 2),
            ]
            for (name, city) in named { _ = try await fixture.add(fixture.newCinema(name, cityID: city), to: merchant) }
            func found(_ text: String, in city: Int64? = nil, limit: Int = 20) async throws -> [String] {
                let filter = CinemaFilter(cityID: city, text: text)
                return try await PlacesFixture.all(limit) { try await fixture.places.cinemas(filter, page: $0, in: pool) }.map(\.name)
            }
            for limit in [1, 2, 20] {
                // The name itself, names that begin with it, such that hold it, and such that are alike; in each case the shorter first.
                #expect(try await found("bona", limit: limit) == ["Bona", "Bona Palace", "Bona Garden", "Bonna"])
                for text in ["长沙影城", "changshayingcheng"] {
                    #expect(try await found(text, limit: limit) == ["长沙影城", "长沙影城五一店", "上海长沙影城"], "\(text)")
                }
            }
            #expect(try await found("bona", in: 2) == ["Bona", "Bona Garden"])
            for text in ["长", "changsha", "csyc", "长沙y"] { #expect(try await found(text).first == "长沙影城", "\(text)") }
            #expect(try await found("nowhere").isEmpty)
            #expect(try await found("  ").count == named.count)
            for keys in [["1", "district", "1"], ["relevance", "x", "1"], ["relevance", "1", "x"], ["relevance", "99999999999", "1"]] {
                await expectRefusal("cursor_invalid") {
                    let page = PageRequest(cursor: PageCursor(keys).text)
                    _ = try await fixture.places.cinemas(CinemaFilter(text: "bona"), page: page, in: pool)
                }
            }
            await expectRefusal("cursor_invalid") {
                let page = PageRequest(cursor: PageCursor(["relevance", "1", "1"]).text)
                _ = try await fixture.places.cinemas(CinemaFilter(), page: page, in: pool)
            }
        }
    }

    @Test("that are found lose none of what else is wanted behind more names than a search looks at")
    func searchAmongMany() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let (merchant, unverified) = (try await fixture.merchant(), try await fixture.merchant(verified: false))
            try await pool.withTransaction { transaction in
                // Their names are written for the search too, which takes its time where the machine is busy.
                try await transaction.execute("SET LOCAL statement_timeout = '120s'")
                // They come before the one that is wanted by row, by id and by name.
                try await transaction.execute(
                    """
                    INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
                    SELECT CASE WHEN i % 2 = 0 THEN \(merchant)::bigint ELSE \(unverified) END, 'Bona ' || i, 1, 'd', 'street', 40, 80, '', 0
                    FROM generate_series(1, 1100) AS i
                    """
                )
            }
            let here = GeographicPoint(latitude: 31.2, longitude: 121.4)
            var new = fixture.newCinema("Bona zzz", district: "z", latitude: here.latitude, longitude: here.longitude)
            new.facilities = [.parking]
            let wanted = try await fixture.add(new, to: merchant)
            let movie = try await fixture.add(try fixture.newMovie())
            let showtimeID = try await fixture.showtime(of: movie, in: try await fixture.hall(in: wanted.id), startsIn: 60)
            try await pool.execute("INSERT INTO showtime_prices (showtime_id, zone, price_fen) VALUES (\(showtimeID), 'zone A', 4500)")
            func first(_ filter: CinemaFilter) async throws -> Int64? {
                try await fixture.places.cinemas(filter, page: PageRequest(limit: 1), in: pool).items.first?.id
            }
            for text in ["bona", "ona", "bonna"] {
                #expect(try await first(CinemaFilter(text: text, near: here)) == wanted.id, "\(text)")
                for filter in [
                    CinemaFilter(district: "z", text: text), CinemaFilter(movieID: movie.id, text: text),
                    CinemaFilter(text: text, facility: .parking), CinemaFilter(text: text, near: here, radiusM: 1000),
                ] {
                    let found = try await fixture.places.cinemas(filter, page: PageRequest(), in: pool)
                    #expect(found.items.map(\.id) == [wanted.id] && found.next == nil, "\(filter)")
                }
            }
            let offered = try await ShowtimeListing().cinemas(
                CinemaFilter(cityID: 1, text: "bona", order: .price, ofVerifiedMerchants: true), page: PageRequest(limit: 1), in: pool)
            #expect(offered.items.map(\.cinema.id) == [wanted.id])
            let verified = try await PlacesFixture.all(100) {
                try await fixture.places.cinemas(CinemaFilter(text: "bona", ofVerifiedMerchants: true), page: $0, in: pool)
            }
            #expect(verified.count >= 500 && verified.allSatisfy { $0.merchantID == merchant })
        }
    }

    @Test("go by city, district and id, page by page")
    func order() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            try await fixture.city(2)
            let merchant = try await fixture.merchant()
            var expected: [(Int64, String, Int64)] = []
            for index in 0..<12 {
                let new = fixture.newCinema(cityID: Int64(index % 2 + 1), district: ["b", "a", "c"][index % 3])
                let cinema = try await fixture.add(new, to: merchant)
                expected.append((cinema.cityID, cinema.district, cinema.id))
            }
            expected.sort { $0 < $1 }
            let all = try await PlacesFixture.all(5) { try await fixture.places.cinemas(CinemaFilter(), page: $0, in: pool) }
            #expect(all.map(\.id) == expected.map(\.2))
            #expect(all.allSatisfy { $0.distanceM == nil })
            let some = try await PlacesFixture.all(1) {
                try await fixture.places.cinemas(CinemaFilter(cityID: 2, district: "a"), page: $0, in: pool)
            }
            #expect(some.map(\.id) == expected.filter { $0.0 == 2 && $0.1 == "a" }.map(\.2))
            #expect(some.count == 2)
        }
    }

    @Test("hide the cinemas of unverified merchants from moviegoers, and of others from a merchant")
    func visibility() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let (verified, unverified) = (try await fixture.merchant(), try await fixture.merchant(verified: false))
            let shown = try await fixture.add(fixture.newCinema(), to: verified)
            let hidden = try await fixture.add(fixture.newCinema(), to: unverified)
            let forMoviegoers = CinemaFilter(ofVerifiedMerchants: true)
            #expect(try await fixture.places.cinemas(forMoviegoers, page: PageRequest(), in: pool).items.map(\.id) == [shown.id])
            let own = CinemaFilter(merchantID: unverified)
            #expect(try await fixture.places.cinemas(own, page: PageRequest(), in: pool).items.map(\.id) == [hidden.id])
            await expectRefusal("not_found") {
                _ = try await fixture.places.cinema(hidden.id, scope: .everybody, ofVerifiedMerchant: true, in: pool)
            }
        }
    }

    @Test("by movie hold only cinemas where it is still to come and not cancelled")
    func byMovie() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            let (movie, other) = (try await fixture.add(try fixture.newMovie()), try await fixture.add(try fixture.newMovie("Yi Yi")))
            var halls: [Hall] = []
            for _ in 0..<4 {
                halls.append(try await fixture.hall(in: try await fixture.add(fixture.newCinema(), to: merchant).id))
            }
            try await fixture.showtime(of: movie, in: halls[0], startsIn: 60)
            try await fixture.showtime(of: movie, in: halls[1], startsIn: 60, cancelled: true)
            try await fixture.showtime(of: movie, in: halls[2], startsIn: -10)
            try await fixture.showtime(of: other, in: halls[3], startsIn: 60)
            let found = try await fixture.places.cinemas(CinemaFilter(movieID: movie.id), page: PageRequest(), in: pool).items
            #expect(found.map(\.id) == [halls[0].cinemaID])
        }
    }

    @Test(
        "by distance go as the haversine formula says, over the poles and the date line too, page by page",
        arguments: [
            GeographicPoint(latitude: 31.23, longitude: 121.47), GeographicPoint(latitude: 0, longitude: 180),
            GeographicPoint(latitude: 89.9, longitude: 0), GeographicPoint(latitude: -33.9, longitude: 18.4),
        ])
    func nearest(here: GeographicPoint) async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            var generator = SystemRandomNumberGenerator()
            var cinemas: [Cinema] = []
            for index in 0..<60 {
                // Some near, some far, some at the very same place.
                let spread = index % 3 == 0 ? 0.05 : 1.0
                let place = GeographicPoint(
                    latitude: max(-90, min(90, here.latitude * (1 - spread) + Double.random(in: -90...90, using: &generator) * spread)),
                    longitude: Double.random(in: -180...180, using: &generator)
                )
                let point = index % 10 == 9 ? cinemas[index - 1].point : place
                cinemas.append(try await fixture.add(fixture.newCinema(latitude: point.latitude, longitude: point.longitude), to: merchant))
            }
            let listed = try await PlacesFixture.all(7) { try await fixture.places.cinemas(CinemaFilter(near: here), page: $0, in: pool) }
            #expect(Set(listed.map(\.id)) == Set(cinemas.map(\.id)))
            #expect(listed.count == cinemas.count)
            let distances = listed.map { GeographicPointTests.haversine(here, $0.point) }
            for (index, cinema) in listed.enumerated() {
                #expect(abs(Double(try #require(cinema.distanceM)) - distances[index]) <= 1)
                if index > 0 { #expect(distances[index - 1] <= distances[index] + 0.01) }
            }
        }
    }

    @Test("by distance refuse a cursor that belongs to another place")
    func otherPlace() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            for _ in 0..<3 { _ = try await fixture.add(fixture.newCinema(), to: merchant) }
            let here = CinemaFilter(near: GeographicPoint(latitude: 1, longitude: 1))
            let there = CinemaFilter(near: GeographicPoint(latitude: 2, longitude: 1))
            let cursor = try #require(try await fixture.places.cinemas(here, page: PageRequest(limit: 1), in: pool).next)
            await expectRefusal("cursor_invalid") {
                _ = try await fixture.places.cinemas(there, page: PageRequest(cursor: cursor), in: pool)
            }
            await expectRefusal("cursor_invalid") {
                _ = try await fixture.places.cinemas(CinemaFilter(), page: PageRequest(cursor: cursor), in: pool)
            }
        }
    }

    @Test("can each be answered from an index")
    func plans() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            for _ in 0..<5 { _ = try await fixture.add(fixture.newCinema(), to: merchant) }
            let store = CinemaStore()
            let point = GeographicPoint(latitude: 31, longitude: 121)
            let filters = [
                try await fixture.places.searched(CinemaFilter(text: "bona"), in: pool),
                try await fixture.places.searched(CinemaFilter(cityID: 1, text: "长"), in: pool),
                try await fixture.places.searched(CinemaFilter(movieID: 1, text: "bona", ofVerifiedMerchants: true), in: pool),
                CinemaFilter(), CinemaFilter(cityID: 1), CinemaFilter(cityID: 1, district: "x"), CinemaFilter(district: "x"),
                CinemaFilter(districtID: 1), CinemaFilter(cityID: 1, facility: .parking), CinemaFilter(radiusM: 5000),
                CinemaFilter(merchantID: 1), CinemaFilter(movieID: 1), CinemaFilter(cityID: 1, movieID: 2, ofVerifiedMerchants: true),
            ]
            for filter in filters {
                let cursor = PageCursor([filter.searched == nil ? "1" : "relevance", "7", "5"]).text
                for page in [PageRequest(), PageRequest(cursor: cursor)] {
                    let plan = try await fixture.plan(try store.listing(filter, page: page))
                    #expect(!plan.contains("Seq Scan"), "\(filter): \(plan)")
                }
                let near = try await fixture.plan(try store.nearestListing(to: point, filter, page: PageRequest()))
                #expect(!near.contains("Seq Scan"), "\(filter): \(near)")
            }
            for keys in [nil, ["4500", "7"], ["", "7"]] as [[String]?] {
                let page = PageRequest(cursor: keys.map { PageCursor($0).text })
                let byPrice = try await fixture.plan(
                    try CinemaScheduleStore().listingByPrice(CinemaFilter(cityID: 1, near: point, ofVerifiedMerchants: true), page: page))
                #expect(!byPrice.contains("Seq Scan"), "\(byPrice)")
            }
            for filter in [DivisionFilter(), DivisionFilter(codePrefix: "31", level: .district, isRetired: false)] {
                let plan = try await fixture.plan(try DivisionStore().listing(filter, page: PageRequest()))
                #expect(!plan.contains("Seq Scan"), "\(plan)")
            }
            let halls = try await fixture.plan(try HallStore().listing(cinemaID: 1, page: PageRequest()))
            #expect(!halls.contains("Seq Scan"), "\(halls)")
        }
    }

    @Test("by distance stop at the first few of many, as the index yields them in order")
    func nearestPlan() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            try await pool.withTransaction { transaction in
                // Such an index takes its time to build where the machine is busy.
                try await transaction.execute("SET LOCAL statement_timeout = '60s'")
                try await transaction.execute(
                    """
                    INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
                    SELECT \(merchant), 'cinema ' || i, 1, '', 'street', 20 + i % 30 + i / 1000.0, 80 + i % 47, '', 0
                    FROM generate_series(1, 1000) AS i
                    """
                )
            }
            try await pool.execute("ANALYZE cinemas")
            let near = CinemaFilter(near: GeographicPoint(latitude: 31, longitude: 121))
            let store = CinemaStore()
            let point = try #require(near.near)
            let plan = try await fixture.plan(try store.nearestListing(to: point, near, page: PageRequest()))
            #expect(plan.contains("cinemas_position_index"), "\(plan)")
            #expect(plan.contains("Order By: (\"position\" <->"), "\(plan)")
        }
    }

    @Test("by distance are, of ten thousand, those that a plain computation finds: the nearest twenty, and the twenty after them")
    func nearestOfMany() async throws {
        try await withTestDatabase { pool in
            let fixture = PlacesFixture(pool: pool)
            try await fixture.city(1)
            let merchant = try await fixture.merchant()
            var numbers = SeededNumbers(seed: 11, .cinemas)
            let towns = (0..<100).map { _ in Self.place(18...54, 73...135, &numbers) }
            var points: [GeographicPoint] = []
            for index in 0..<10_000 {
                // Most around towns, some anywhere on the earth, some at the very place of another one.
                if index % 50 == 49 {
                    points.append(points[index - 1])
                } else if index % 40 == 0 {
                    points.append(Self.place(-90...90, -180...180, &numbers))
                } else {
                    let town = numbers.pick(towns)
                    let (latitude, longitude) = (town.latitude, town.longitude)
                    points.append(Self.place(latitude - 0.2...latitude + 0.2, longitude - 0.2...longitude + 0.2, &numbers))
                }
            }
            let (latitudes, longitudes) = (points.map(\.latitude), points.map(\.longitude))
            try await pool.withTransaction { transaction in
                // Nobody searches them by name, and to write ten thousand names for that takes ten times as long as all else here.
                try await transaction.execute("ALTER TABLE cinemas DISABLE TRIGGER cinemas_write_new_names")
                // Such an index takes its time where the machine is busy.
                try await transaction.execute("SET LOCAL statement_timeout = '120s'")
                try await transaction.execute(
                    """
                    INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
                    SELECT \(merchant), 'cinema ' || place, 1, '', 'street', latitude, longitude, '', 0
                    FROM unnest(\(latitudes)::double precision[], \(longitudes)::double precision[])
                        WITH ORDINALITY AS points (latitude, longitude, place)
                    """
                )
            }
            try await pool.execute("ANALYZE cinemas")
            let cinemas = try await pool.rows("SELECT id, latitude, longitude FROM cinemas") { row in
                (id: try row["id"] as Int64, point: GeographicPoint(latitude: try row["latitude"], longitude: try row["longitude"]))
            }
            #expect(cinemas.count == points.count)
            let ends: [(Double, Double)] = [(90, 0), (0, 180), (0, -180)]
            var differsByDegrees = false
            for here in towns.prefix(3) + ends.map({ GeographicPoint(latitude: $0.0, longitude: $0.1) }) {
                let near = CinemaFilter(near: here)
                let first = try await fixture.places.cinemas(near, page: PageRequest(), in: pool)
                let second = try await fixture.places.cinemas(near, page: PageRequest(cursor: first.next), in: pool)
                let expected = cinemas.map { (distance: GeographicPointTests.haversine(here, $0.point), id: $0.id) }.sorted { $0 < $1 }
                #expect((first.items + second.items).map(\.id) == expected.prefix(40).map(\.id), "\(here)")
                for (cinema, (distance, _)) in zip(first.items, expected) {
                    #expect(abs(Double(try #require(cinema.distanceM)) - distance) <= 1, "\(here)")
                }
                // Within a circle that ends between the tenth and the one after it, where there is a gap.
                if expected[10].distance - expected[9].distance > 1 {
                    let radius = (expected[9].distance + expected[10].distance) / 2
                    let inside = try await fixture.places.cinemas(CinemaFilter(near: here, radiusM: radius), page: PageRequest(), in: pool)
                    #expect(inside.items.map(\.id) == expected.prefix(10).map(\.id) && inside.next == nil, "\(here)")
                }
                if differsByDegrees { continue }
                let byDegrees = cinemas.map { (hypot($0.point.latitude - here.latitude, $0.point.longitude - here.longitude), $0.id) }
                differsByDegrees = byDegrees.sorted { $0 < $1 }.prefix(20).map(\.1) != expected.prefix(20).map(\.id)
            }
            // Otherwise the places would show nothing: a degree is shorter in the north.
            #expect(differsByDegrees)
        }
    }

    /// A place between these degrees, on a grid of a millionth of a degree.
    private static func place(
        _ latitudes: ClosedRange<Double>, _ longitudes: ClosedRange<Double>, _ numbers: inout SeededNumbers
    ) -> GeographicPoint {
        func between(_ range: ClosedRange<Double>, _ numbers: inout SeededNumbers) -> Double {
            range.lowerBound + Double(numbers.below(Int((range.upperBound - range.lowerBound) * 1_000_000))) / 1_000_000
        }
        return GeographicPoint(latitude: between(latitudes, &numbers), longitude: between(longitudes, &numbers))
    }
}
