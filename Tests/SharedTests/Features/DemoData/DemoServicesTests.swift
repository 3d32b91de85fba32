import Callers
import Database
import Foundation
import Logging
import Shared
import TestSupport
import Testing
import Text

/// What the services show of made data, compared with plain sums.
@Suite("Demo data as the services show it")
struct DemoServicesTests {
    @Test("Movies, showtimes, seat maps, orders and rankings answer as the tables say")
    func answers() async throws {
        try await DemoFixture.with { pool in
            let today = CalendarDay(inBeijingAt: Date())
            try await DemoFixture.run(cinemas: 4, orders: 1_500, day: today, in: pool)
            try await Self.expectMovies(in: pool)
            try await Self.expectShowtimes(in: pool)
            try await Self.expectSeatMaps(in: pool)
            try await Self.expectOrders(in: pool)
            try await Self.expectRankings(in: pool, today: today)
        }
    }

    @Test("A made order can be refunded, and those that aren't paid lapse: no errand is left, and the books stay right")
    func goesOn() async throws {
        try await DemoFixture.with { pool in
            let today = CalendarDay(inBeijingAt: Date())
            try await DemoFixture.run(cinemas: 4, orders: 1_500, day: today, in: pool)
            let payments = Payments(gateways: [CounterGateway(), DemoGateway()], outbox: Outbox())
            let paid = try #require(
                await pool.row("SELECT id FROM orders WHERE state = 'paid' AND channel = 'online' ORDER BY id LIMIT 1") {
                    try $0["id"] as UUID
                })
            _ = try await pool.withTransaction {
                try await OrderRefunds(payments: payments).request(
                    paid, ticketIDs: nil, by: .platform, actor: OrderActor(nil, note: "why not"), scope: .all, in: $0)
            }
            try await pool.execute(
                "UPDATE orders SET expires_at = created_at WHERE state IN ('pending_payment', 'paid_unconfirmed')"
            )
            try await OrderSweeper(pool: pool).sweep()
            let arrivals = PaymentArrivals(pool: pool, payments: payments)
            let worker = OutboxWorker(
                pool: pool,
                handlers: [
                    PaymentClosing(payments: payments, pool: pool, factHandler: arrivals),
                    PaymentRefunding(payments: payments, pool: pool, factHandler: arrivals),
                ],
                pace: OutboxConfiguration(pollInterval: .milliseconds(20)), logger: .silent)
            let run = Task { try await worker.run() }
            try await until { try await count("SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL", in: pool) == 0 }
            run.cancel()
            _ = await run.result
            #expect(try await count("SELECT count(*) FROM outbox WHERE done_at IS NOT NULL", in: pool) > 1)
            #expect(try await count("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL", in: pool) == 0)
            #expect(try await count("SELECT count(*) FROM payments WHERE state = 'started'", in: pool) == 0)
            #expect(try await count("SELECT count(*) FROM orders WHERE id = \(paid) AND state = 'refunded'", in: pool) == 1)
            try await expectInvariants(in: pool)
        }
    }

    private static func expectMovies(in pool: PostgresPool) async throws {
        var listed = 0
        for state in MovieState.allCases {
            let movies = try await all { try await Catalog().movies(MovieFilter(state: state), page: $0, in: pool) }
            // They are such as their release says, since nobody has pinned them.
            #expect(!movies.isEmpty && movies.allSatisfy { $0.state == state && $0.pinnedState == nil })
            let today = CalendarDay(inBeijingAt: Date())
            #expect(movies.allSatisfy { ($0.releaseDate > today) == [.coming, .presale].contains(state) })
            listed += movies.count
            for poster in try movies.prefix(5).map({ try #require($0.poster) }) {
                let gallery = Gallery(workshop: PictureWorkshop(), pool: pool)
                #expect(try await gallery.rendition(poster.hash, width: nil, in: pool).width == poster.width)
            }
            for movie in movies.prefix(5) {
                let people = try await Catalog().detail(movie.id, in: pool).people
                #expect(people.count == (try await count("SELECT count(*) FROM movie_people WHERE movie_id = \(movie.id)", in: pool)))
            }
        }
        #expect(listed == (try await count("SELECT count(*) FROM movies", in: pool)))
        let (pictured, cinemas) = (
            try await count("SELECT count(*) FROM shown_pictures WHERE subject_kind = 'cinema'", in: pool),
            try await count("SELECT count(*) FROM cinemas", in: pool)
        )
        #expect(pictured == cinemas && cinemas > 0)
    }

    private static func expectShowtimes(in pool: PostgresPool) async throws {
        let listed = try await all { try await ShowtimeListing().upcoming(page: $0, in: pool) }
        let upcoming = try await count(
            "SELECT count(*) FROM showtimes WHERE starts_at > clock_timestamp() AND cancelled_at IS NULL", in: pool)
        // One may have begun between the two readings, each hall's within five minutes of another's.
        #expect(abs(listed.count - upcoming) <= 16 && listed.count > 100)
    }

    private static func expectSeatMaps(in pool: PostgresPool) async throws {
        let maps = SeatMaps(pool: pool, plans: ShowtimePlans(pool: pool), logger: .silent) { _ in [] }
        let showtimes = try await pool.rows(
            "SELECT showtime_id FROM seat_claims GROUP BY showtime_id ORDER BY count(*) DESC LIMIT 10"
        ) { try $0["showtime_id"] as Int64 }
        #expect(showtimes.count == 10)
        for showtimeID in showtimes {
            let map = try await maps.map(showtimeID: showtimeID).map
            let taken = Set(map.seats.filter { $0.state == .claimed || $0.state == .sold }.map(\.seat.id))
            let claimed = try await pool.rows("SELECT seat_id FROM seat_claims WHERE showtime_id = \(showtimeID)") {
                try $0["seat_id"] as Int64
            }
            #expect(taken == Set(claimed))
            #expect(map.seats.allSatisfy { $0.priceFen != nil })
        }
    }

    private static func expectOrders(in pool: PostgresPool) async throws {
        let process = try BookingProcess(pool)
        let shown = try await all { try await process.orders.orders(scope: .all, page: $0) }.map(\.order)
        #expect(shown.count == 1_500)
        let payable = try await count("SELECT sum(payable_fen)::bigint AS count FROM orders", in: pool)
        #expect(shown.reduce(0) { $0 + $1.amount.payableFen } == Int64(payable))
        let buyer = try #require(shown.first { $0.state == .collected && $0.channel == .online })
        let own = try await all { try await process.orders.orders(scope: .buyer(buyer.accountID), page: $0) }
        #expect(own.count == (try await count("SELECT count(*) FROM orders WHERE account_id = \(buyer.accountID)", in: pool)))
        let tickets = try await process.orders.tickets(orderID: buyer.id, scope: .buyer(buyer.accountID))
        #expect(tickets.tickets.count == buyer.lines.count)
        for order in shown.prefix(50) {
            let events = try await process.orders.events(orderID: order.id, scope: .all)
            #expect(events.last?.toState == order.state)
        }
    }

    private static func expectRankings(in pool: PostgresPool, today: CalendarDay) async throws {
        for dimension in BoxOfficeDimension.allCases {
            for (first, last) in [(nil, nil), (today, today), (today.adding(days: -2), today.adding(days: -1))]
                as [(CalendarDay?, CalendarDay?)]
            {
                let entries = try await all { try await Rankings().boxOffice(by: dimension, from: first, to: last, page: $0, in: pool) }
                let sold = try await pool.row(
                    """
                    SELECT coalesce(sum(tickets.price_fen), 0)::bigint AS fen, count(*) AS tickets, count(DISTINCT tickets.order_id) AS orders
                    FROM tickets
                    JOIN showtimes ON showtimes.id = tickets.showtime_id
                    WHERE tickets.state <> 'refunded'
                        AND (\(first)::date IS NULL OR showtimes.business_day BETWEEN \(first)::date AND \(last)::date)
                    """
                ) { [try $0["fen"] as Int64, try $0["tickets"] as Int64, try $0["orders"] as Int64] }
                let shown = [
                    entries.reduce(0) { $0 + $1.boxOfficeFen }, entries.reduce(0) { $0 + $1.tickets }, entries.reduce(0) { $0 + $1.orders },
                ]
                #expect(shown == sold, "\(dimension)")
                #expect(shown[0] > 0)
            }
        }
    }

    private static func all<Item: Sendable>(_ read: (PageRequest) async throws -> Page<Item>) async throws -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let page = try await read(PageRequest(limit: 100, cursor: cursor))
            items += page.items
            cursor = page.next
        } while cursor != nil
        return items
    }
}
