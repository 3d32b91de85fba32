import Callers
import Database
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite("Seat maps from memory, on a real database", .inTurn)
struct SeatMapFreshnessTests {
    private func state(_ seatID: Int64, on maps: SeatMaps, _ showtimeID: Int64) async throws -> SeatState? {
        try await maps.map(showtimeID: showtimeID).map.seats.first { $0.seat.id == seatID }?.state
    }

    @Test("Bookings, cancellings, payments, refunds and sweeps of this process are on the very next map")
    func ownCommits() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let process = try BookingProcess(database)
            let (showtimeID, buyer, seat) = (world.showtimeIDs[0], world.buyers[0], world.seatIDs[0])
            let maps = SeatMaps.unencoded(database)
            #expect(try await state(seat, on: maps, showtimeID) == .free)
            let cancelled = try await process.open([seat], of: showtimeID, by: buyer)
            #expect(try await state(seat, on: maps, showtimeID) == .claimed)
            try await database.withTransaction { try await process.orders.cancel(cancelled, by: buyer.accountID, in: $0) }
            #expect(try await state(seat, on: maps, showtimeID) == .free)

            let paid = try await process.open([seat], of: showtimeID, by: buyer)
            #expect(try await state(seat, on: maps, showtimeID) == .claimed)
            let payment = try #require(try await process.startPayment(paid, by: buyer, in: database))
            #expect(try await process.arrivals.handle(process.fact(about: payment)) == .paid)
            #expect(try await state(seat, on: maps, showtimeID) == .sold)
            _ = try await process.refund(paid, nil, buyer.accountID, in: database)
            #expect(try await state(seat, on: maps, showtimeID) == .free)

            let lapsing = try await process.open([seat], of: showtimeID, by: buyer)
            #expect(try await state(seat, on: maps, showtimeID) == .claimed)
            try await database.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 second' WHERE id = \(lapsing)")
            let before = try await maps.map(showtimeID: showtimeID).map.revision
            _ = try await process.sweeper.sweep()
            let swept = try await maps.map(showtimeID: showtimeID)
            #expect(swept.map.revision > before)
            #expect(swept.map.seats[0].state == .free)

            _ = try await process.open([seat], of: showtimeID, by: buyer)
            #expect(try await state(seat, on: maps, showtimeID) == .claimed)
            try await database.withTransaction {
                try await process.showtimeOrders.cancelAll(showtimeID: showtimeID, by: buyer.accountID, in: $0)
            }
            #expect(try await state(seat, on: maps, showtimeID) == .free)
        }
    }

    @Test("A map that is asked for again and again is read and encoded once, by one reading for all who ask at a time")
    func fromMemory() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let encodings = Tally()
            let maps = SeatMaps(pool: database, plans: ShowtimePlans(pool: database), logger: .silent) { map in
                encodings.add()
                return Array(map.tag.text.utf8)
            }
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<50 { group.addTask { try await maps.map(showtimeID: world.showtimeIDs[0]).body } }
                for try await body in group { #expect(body == Array("0-0-1".utf8)) }
            }
            #expect(maps.readingCount == 1)
            #expect(encodings.count == 1)
        }
    }

    @Test("While it runs, maps that are wanted stay in memory without being read again, and show what another process does")
    func otherProcess() async throws {
        try await TestDatabase.with { database in
            let world = try await BookingWorld(in: database.pool)
            let (showtimeID, seat) = (world.showtimeIDs[0], world.seatIDs[0])
            let elsewhere = PostgresPool(configuration: .patient(database.url), logger: .silent)
            let maps = SeatMaps.unencoded(database.pool)
            let running = Task { try await maps.run() }
            #expect(try await state(seat, on: maps, showtimeID) == .free)
            // Without the comparison there would be a reading in every such time, since half a second is over in it. A busy machine may
            // cost some as well, but not always.
            var hasStayed = false
            for _ in 0..<20 where !hasStayed {
                let readings = maps.readingCount
                for _ in 0..<60 {
                    try await letPass(.milliseconds(20))
                    #expect(try await state(seat, on: maps, showtimeID) == .free)
                }
                hasStayed = maps.readingCount == readings
            }
            #expect(hasStayed)
            _ = try await BookingProcess(elsewhere).open([seat], of: showtimeID, by: world.buyers[0])
            try await until { try await state(seat, on: maps, showtimeID) == .claimed }
            running.cancel()
            try await running.value
            await elsewhere.close()
        }
    }

    @Test("A caller that repeats a request finds its seats claimed on the very next map, even when another process opened the order")
    func repeatedElsewhere() async throws {
        try await TestDatabase.with { database in
            let world = try await BookingWorld(in: database.pool)
            let (showtimeID, buyer, seat) = (world.showtimeIDs[0], world.buyers[0], world.seatIDs[0])
            let elsewhere = PostgresPool(configuration: .patient(database.url), logger: .silent)
            let here = try BookingProcess(database.pool)
            let maps = SeatMaps.unencoded(database.pool)
            #expect(try await state(seat, on: maps, showtimeID) == .free)
            let opened = try await BookingProcess(elsewhere).open([seat], of: showtimeID, by: buyer, key: "once")
            #expect(try await here.open([seat], of: showtimeID, by: buyer, key: "once") == opened)
            #expect(try await state(seat, on: maps, showtimeID) == .claimed)
            await elsewhere.close()
        }
    }

    @Test("A claim that lapses is free on the map at once, though nobody commits anything")
    func lapse() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 4)
            let (showtimeID, maps) = (world.showtimeIDs[0], SeatMaps.unencoded(database))
            var (index, expiresAt) = (0, Date())
            func hold(for seconds: Int) async throws -> KeptSeatMap {
                let process = try BookingProcess(database, limits: OrderConfiguration(holdTime: .seconds(seconds)))
                let id = try await process.open([world.seatIDs[index]], of: showtimeID, by: world.buyers[index])
                let kept = try await maps.map(showtimeID: showtimeID)
                expiresAt = try await process.orders.order(id, scope: .all).expiresAt
                return kept
            }
            var kept = try await hold(for: 2)
            // On a slow machine it may have lapsed before it is looked at: then with more time.
            while kept.map.seats[index].state != .claimed {
                index += 1
                kept = try await hold(for: 2 << (2 * index))
            }
            let seat = world.seatIDs[index]
            // Looked at all the time, so that it is in memory, and not too old to be shown, when the claim lapses.
            try await until {
                _ = try await maps.map(showtimeID: showtimeID)
                return try await database.row("SELECT clock_timestamp() >= \(expiresAt) AS past") { try $0["past"] as Bool } == true
            }
            let lapsed = try await maps.map(showtimeID: showtimeID)
            #expect(lapsed.map.seats[index].state == .free)
            #expect(lapsed.map.revision == kept.map.revision)
            #expect(lapsed.changes(since: kept.map.revision).seats.map(\.seat.id) == [seat])
        }
    }

    /// Keeps everybody from the prices of showtimes: who reads a map has read the claims when it waits for them.
    private func holdPrices(in database: TestDatabase) async throws -> HeldLock {
        try await HeldLock("LOCK TABLE showtime_prices IN ACCESS EXCLUSIVE MODE", in: database.pool.configuration.connection)
    }

    @Test("A reading that began before a commit is not shown after it")
    func crossing() async throws {
        try await TestDatabase.with(connections: 6, adjust: { $0.connection.lockTimeout = nil }) { database in
            let world = try await BookingWorld(in: database.pool, buyers: 20)
            let showtimeID = world.showtimeIDs[0]
            let process = try BookingProcess(database.pool)
            // The process's plans know the showtime already, so its booking needs no prices.
            await #expect(throws: Refusal.self) { try await process.open([-1], of: showtimeID, by: world.buyers[0]) }
            // On a busy machine the reading may take so long that it reads the claims once more, and there is nothing to see.
            var hasCrossed = false
            for (seat, buyer) in zip(world.seatIDs, world.buyers) where !hasCrossed {
                let maps = SeatMaps.unencoded(database.pool)
                let prices = try await holdPrices(in: database)
                let early = Task { try await maps.map(showtimeID: showtimeID) }
                _ = try await prices.blocked()
                _ = try await process.open([seat], of: showtimeID, by: buyer)
                // It waits for the early reading by the time it is made.
                let late = Task.immediate { try await maps.map(showtimeID: showtimeID) }
                await prices.release()
                hasCrossed = try await early.value.map.seats.first { $0.seat.id == seat }?.state == .free
                #expect(try await late.value.map.seats.first { $0.seat.id == seat }?.state == .claimed)
                #expect(try await state(seat, on: maps, showtimeID) == .claimed)
            }
            #expect(hasCrossed, "Control: the reading did begin before the commit.")
        }
    }

    @Test("A reading that took long shows what another process has changed meanwhile")
    func slowReading() async throws {
        try await TestDatabase.with(adjust: { $0.connection.lockTimeout = nil }) { database in
            let showtimeID = try await BookingWorld(in: database.pool).showtimeIDs[0]
            let maps = SeatMaps.unencoded(database.pool)
            let prices = try await holdPrices(in: database)
            let reading = Task { try await maps.map(showtimeID: showtimeID) }
            _ = try await prices.blocked()
            let revision = try await database.pool.changeSeats(of: showtimeID)
            try await letPass(SeatMapMemory.lifetime + .milliseconds(50))
            await prices.release()
            #expect(try await reading.value.map.revision == revision)
        }
    }

    @Test("Among many readers every buyer sees its own seat taken as soon as it is told so")
    func storm() async throws {
        try await withTestDatabase(connections: 8) { database in
            let world = try await BookingWorld(in: database, rows: 10, columns: 20, buyers: 200)
            let process = try BookingProcess(database)
            let maps = SeatMaps.unencoded(database)
            let running = Task { try await maps.run() }
            let showtimeID = world.showtimeIDs[0]
            let readers = Task {
                while !Task.isCancelled { _ = try await maps.map(showtimeID: showtimeID) }
            }
            let outcomes = await outcomes(zip(world.seatIDs, world.buyers)) { seat, buyer in
                _ = try await process.open([seat], of: showtimeID, by: buyer)
                guard try await state(seat, on: maps, showtimeID) == .claimed else { throw StaleMap() }
            }
            #expect(outcomes.errors.isEmpty)
            #expect(outcomes.opened == 200)
            readers.cancel()
            running.cancel()
            _ = await readers.result
            try await running.value
        }
    }

    @Test("A new price is on the map within its revision's next one, and no difference from an older one is told")
    func price() async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database)
            let maps = SeatMaps.unencoded(database)
            let old = try await maps.map(showtimeID: world.showtimeIDs[0])
            try await database.execute("UPDATE showtime_prices SET price_fen = 9900")
            try await database.execute(
                .changing(
                    [.seats(ofShowtime: world.showtimeIDs[0])],
                    by: "UPDATE showtimes SET version = version + 1, seat_revision = seat_revision + 1"))
            let new = try await maps.map(showtimeID: world.showtimeIDs[0])
            #expect(new.map.seats[0].priceFen == 9900)
            #expect(new.changes(since: old.map.revision).since == nil)
        }
    }

    struct StaleMap: Error {}

    /// Counts.
    private final class Tally: Sendable {
        private let number = Atomic<Int>(0)

        var count: Int { number.load(ordering: .relaxed) }

        func add() { number.add(1, ordering: .relaxed) }
    }
}

extension SeatMaps {
    /// Maps that nobody wants as text.
    static func unencoded(_ database: PostgresPool) -> SeatMaps {
        SeatMaps(pool: database, plans: ShowtimePlans(pool: database), logger: .silent) { _ in [] }
    }
}

extension Logger {
    /// Says nothing.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
