import Callers
import Database
import Foundation
import Shared
import TestSupport
import Testing
import Text

@Suite("Box office")
struct BoxOfficeTests {
    /// What a plain reading of the tables gives, ticket by ticket, added up here.
    private struct Sale: Sendable {
        var movieID: Int64
        var cinemaID: Int64
        var cityID: Int64
        var companyID: Int64?
        var day: CalendarDay
        var orderID: UUID
        var priceFen: Int64
        var feeFen: Int64
    }

    private func sales(_ pool: PostgresPool) async throws -> [Sale] {
        try await pool.rows(
            """
            SELECT s.movie_id, s.cinema_id, c.city_id, m.company_id, s.business_day, o.id, t.price_fen, t.service_fee_fen
            FROM orders AS o
            JOIN tickets AS t ON t.order_id = o.id
            JOIN showtimes AS s ON s.id = o.showtime_id
            JOIN cinemas AS c ON c.id = s.cinema_id
            JOIN movies AS m ON m.id = s.movie_id
            WHERE o.state IN ('paid', 'collected')
                AND t.state IN ('valid', 'collected')
            """
        ) {
            Sale(
                movieID: try $0["movie_id"], cinemaID: try $0["cinema_id"], cityID: try $0["city_id"], companyID: try $0["company_id"],
                day: try $0["business_day"], orderID: try $0["id"], priceFen: try $0["price_fen"], feeFen: try $0["service_fee_fen"]
            )
        }
    }

    /// Two cinemas in two cities, four movies of two companies and none, showtimes over several days, orders in every state.
    private func sellAtRandom(_ pool: PostgresPool) async throws -> ScreeningFixture {
        let fixture = try await ScreeningFixture(pool)
        let other = try await ScreeningFixture.cinema(pool, merchantID: fixture.merchantID, cityID: 2)
        let otherHall = try await ScreeningFixture.hall(pool, cinemaID: other)
        var movies = [fixture.movieID]
        for name in ["Bona", "Huayi"] {
            let company = try await pool.id("INSERT INTO companies (name) VALUES (\(name)) RETURNING id")
            movies.append(try await ScreeningFixture.movie(pool, companyID: company))
        }
        movies.append(try await ScreeningFixture.movie(pool))
        for movie in movies { try await fixture.grant(movieID: movie, from: fixture.start - 86_400, to: fixture.start + 20 * 86_400) }
        let states = [
            "pending_payment", "paid_unconfirmed", "paid", "paid", "paid", "collected", "cancelled", "expired", "refunding", "refunded",
        ]
        for number in 0..<24 {
            let hall = number.isMultiple(of: 3) ? otherHall : (hallID: fixture.hallID, layoutID: fixture.layoutID)
            let showtime = try await fixture.schedule {
                $0.hallID = hall.hallID
                $0.movieID = movies.randomElement() ?? fixture.movieID
                $0.startsAt = fixture.start + Double(number) * 5 * 3600
            }
            var seats = try await fixture.seatIDs(layoutID: hall.layoutID).shuffled()[...]
            for _ in 0..<Int.random(in: 0...6) {
                let taken = seats.prefix(Int.random(in: 1...4))
                seats = seats.dropFirst(taken.count)
                let state = states.randomElement() ?? "paid"
                let order = try await fixture.order(
                    showtimeID: showtime.id, state: state, seats: taken.map { ($0, Int64.random(in: 3...5) * 1000) }, feeFen: 300
                )
                // A ticket of an order given back alone: the order stays paid.
                if state == "paid", taken.count > 1, Bool.random() {
                    try await pool.execute(
                        "UPDATE tickets SET state = 'refunded' WHERE order_id = \(order) AND seat_id = \(taken[taken.startIndex])")
                }
            }
        }
        try await fillFigures(pool)
        return fixture
    }

    /// What plain SQL has sold goes into the figures as a correction.
    private func fillFigures(_ pool: PostgresPool) async throws {
        let verification = FigureVerification()
        try await verification.run(in: pool) { showtime in
            try await pool.withTransaction { try await verification.correct(showtimeID: showtime.showtimeID, in: $0) }
        }
    }

    private func all(
        _ pool: PostgresPool, by dimension: BoxOfficeDimension, from: CalendarDay? = nil, to: CalendarDay? = nil, limit: Int = 2
    ) async throws -> [BoxOfficeEntry] {
        var entries: [BoxOfficeEntry] = []
        var cursor: String?
        repeat {
            let page = try await Rankings().boxOffice(
                by: dimension, from: from, to: to, page: PageRequest(limit: limit, cursor: cursor), in: pool
            )
            entries += page.items
            cursor = page.next
        } while cursor != nil
        return entries
    }

    @Test("It equals the plain sum over the orders, by whatever it is added up and between whatever days", arguments: 1...3)
    func equalsTheSum(round: Int) async throws {
        try await withTestDatabase { pool in
            let fixture = try await sellAtRandom(pool)
            let sales = try await sales(pool)
            let days = sales.map(\.day).sorted()
            let periods: [(CalendarDay?, CalendarDay?)] = [
                (nil, nil), (days.dropFirst(days.count / 3).first, days.dropFirst(days.count * 2 / 3).first), (nil, days.first),
                (days.last, nil),
            ]
            for (from, to) in periods {
                let counted = sales.filter { sale in
                    if let from, sale.day < from { return false }
                    if let to, sale.day > to { return false }
                    return true
                }
                for dimension in BoxOfficeDimension.allCases {
                    let entries = try await all(pool, by: dimension, from: from, to: to)
                    let expected = Dictionary(grouping: counted) { sale -> String in
                        switch dimension {
                        case .movie: "\(sale.movieID)"
                        case .cinema: "\(sale.cinemaID)"
                        case .city: "\(sale.cityID)"
                        case .company: sale.companyID.map { "\($0)" } ?? "none"
                        case .day: "\(sale.day)"
                        case .total: "none"
                        }
                    }
                    #expect(entries.count == expected.count)
                    for entry in entries {
                        let group = try #require(expected[entry.id.map { "\($0)" } ?? entry.day?.description ?? "none"])
                        #expect(entry.boxOfficeFen == group.map(\.priceFen).reduce(0, +))
                        #expect(entry.serviceFeeFen == group.map(\.feeFen).reduce(0, +))
                        #expect(entry.tickets == Int64(group.count))
                        #expect(entry.orders == Int64(Set(group.map(\.orderID)).count))
                    }
                    #expect(entries.map(\.boxOfficeFen) == entries.map(\.boxOfficeFen).sorted(by: >))
                    #expect(entries == (try await all(pool, by: dimension, from: from, to: to, limit: 100)))
                }
            }
            #expect(try await all(pool, by: .city).allSatisfy { $0.name?.hasPrefix("City") == true })
            _ = fixture
        }
    }

    @Test("Income earned in a city stays there when the cinema moves; later sales count for the new city")
    func movedCinema() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, showtimes: 2, buyers: 3)
            let process = try BookingProcess(database)
            func sell(_ seat: Int, of showtime: Int, to buyer: Int) async throws {
                let id = try await process.open([world.seatIDs[seat]], of: world.showtimeIDs[showtime], by: world.buyers[buyer])
                #expect(try await process.pay(id, by: world.buyers[buyer], in: database) == .paid)
            }
            try await sell(0, of: 0, to: 0)
            try await database.execute("INSERT INTO cities (id, name, code, pinyin, initial) VALUES (2, '上海', '310100', 'SHANGHAI', 'S')")
            try await database.execute("UPDATE cinemas SET city_id = 2")
            try await sell(1, of: 0, to: 1)
            #expect(try await all(database, by: .city).map(\.id) == [1])
            try await sell(0, of: 1, to: 2)
            let cities = try await all(database, by: .city)
            #expect(cities.map(\.id) == [1, 2])
            #expect(cities.map(\.tickets) == [2, 1])
            try await expectFigures(in: database)
        }
    }

    @Test("Where readings take turns, there is only one at a time, whoever asks and for whichever ranking")
    func turns() async throws {
        try await withTestDatabase { pool in
            let rankings = Rankings(oneReadingAtATime: true, waitLimit: .seconds(60))
            let held = try await HeldLock("LOCK TABLE showtime_figures", in: pool.configuration.connection)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for limit in 1...4 {
                    group.addTask {
                        let page = try await rankings.boxOffice(by: .movie, page: PageRequest(limit: limit), in: pool)
                        #expect(page.items.isEmpty)
                    }
                }
                _ = try await held.blocked()
                try await until { rankings.waiting >= 3 }
                let waiting = try await pool.row(
                    "SELECT count(*) AS count FROM pg_locks WHERE relation = 'showtime_figures'::regclass AND NOT granted"
                ) { try $0["count"] as Int }
                #expect(waiting == 1)
                await held.release()
                try await group.waitForAll()
            }
        }
    }

    @Test("Equal ones stand by id, nothing sold is an empty ranking, and days the wrong way round are refused")
    func ties() async throws {
        try await withTestDatabase { pool in
            let fixture = try await ScreeningFixture(pool)
            #expect(try await all(pool, by: .movie).isEmpty)
            #expect(try await all(pool, by: .total).isEmpty)
            let seat = try await fixture.seatIDs()[0]
            var movies: [Int64] = []
            for number in 0..<5 {
                let movie = try await ScreeningFixture.movie(pool)
                try await fixture.grant(movieID: movie, from: fixture.start, to: fixture.start + 20 * 86_400)
                let showtime = try await fixture.schedule { ($0.movieID, $0.startsAt) = (movie, fixture.start + Double(number) * 86_400) }
                try await fixture.order(showtimeID: showtime.id, state: "paid", seats: [(seat, 4500)])
                movies.append(movie)
            }
            try await fillFigures(pool)
            #expect(try await all(pool, by: .movie).map(\.id) == movies)
            let day = CalendarDay(daysSince2001: 9000)
            await #expect(throws: Refusal.periodInvalid) { try await all(pool, by: .movie, from: day, to: day.adding(days: -1)) }
            await #expect(throws: Refusal.cursorInvalid) {
                try await Rankings().boxOffice(by: .movie, page: PageRequest(cursor: "nonsense"), in: pool)
            }
        }
    }
}
