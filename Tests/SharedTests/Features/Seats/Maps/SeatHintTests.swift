import Database
import Logging
import TestSupport
import Testing

@testable import Shared

@Suite("Telling other processes whose seats have changed")
struct SeatHintTests {
    @Test("A hint is told in texts that PostgreSQL carries, and read again as it was", arguments: [0, 1, 349, 350, 351, 2_000])
    func texts(count: Int) throws {
        let ids = (0..<Int64(count)).map { Int64.max - $0 }
        let texts = SeatHint(origin: .max, showtimes: .some(ids)).texts
        #expect(texts.allSatisfy { $0.utf8.count < 8_000 })
        let read = try texts.flatMap { text -> [Int64] in
            let hint = try #require(SeatHint(text))
            #expect(hint.origin == .max)
            guard case .some(let ids) = hint.showtimes else { return [] }
            return ids
        }
        #expect(read == ids)
    }

    @Test("All showtimes are told in one text; what is no hint is none")
    func others() {
        #expect(SeatHint(origin: 0, showtimes: .all).texts.map { SeatHint($0) } == [SeatHint(origin: 0, showtimes: .all)])
        let tooMany = "0:" + Array(repeating: "1", count: SeatHint.textLimit + 1).joined(separator: ",")
        for text in ["", ":", "1", "x:1", "1:", "1:x", "1:2,", "1:2:3", "-1:2", "1:99999999999999999999", tooMany] {
            #expect(SeatHint(text) == nil, "\(text.prefix(30))")
        }
    }

    @Test("The gathered hints are limited: beyond the limit one hint names all showtimes")
    func bounded() async throws {
        try await withTestDatabase(.empty) { database in
            let relay = SeatRelay(configuration: database.configuration.connection, logger: .silent)
            #expect(relay.take() == nil)
            func commit(_ ids: ClosedRange<Int>) async throws {
                try await database.execute(.changing(ids.map { .seats(ofShowtime: Int64($0)) }, by: "SELECT 1"))
            }
            try await commit(1...SeatRelay.limit)
            try await commit(1...5)
            guard case .some(let ids)? = relay.take()?.showtimes else {
                Issue.record("As many as the limit are named.")
                return
            }
            #expect(ids.sorted() == (1...SeatRelay.limit).map { Int64($0) })
            try await commit(1...SeatRelay.limit)
            try await commit(0...0)
            try await commit(1...5)
            #expect(relay.take() == SeatHint(origin: relay.origin, showtimes: .all))
            #expect(relay.take() == nil)
            try await database.execute(.changing([CommittedChange(kind: "thing", id: 1)], by: "SELECT 1"))
            #expect(relay.take() == nil, "Not a seat.")
        }
    }

    @Test(
        "A booking of one process reaches who watches at another by the hint, long before the next comparison; without a relay it doesn't")
    func booking() async throws {
        try await TestDatabase.with { database in
            let world = try await BookingWorld(in: database.pool, showtimes: 2, buyers: 2)
            try await HearingProcess.with(world.showtimeIDs, in: database) { here in
                let elsewhere = PostgresPool(configuration: .patient(database.url), logger: .silent)
                let process = try BookingProcess(elsewhere)
                // Control: nobody tells of this one.
                _ = try await process.open([world.seatIDs[0]], of: world.showtimeIDs[0], by: world.buyers[0])
                try await here.hearsAnotherHint()
                #expect(here.watched.revision == 0)

                let relay = SeatRelay(configuration: elsewhere.configuration.connection, logger: .silent)
                let running = Task { try await relay.run() }
                _ = try await process.open([world.seatIDs[1]], of: world.showtimeIDs[0], by: world.buyers[1])
                try await here.watched.waits(forRevision: 2)
                #expect(try await here.maps.map(showtimeID: world.showtimeIDs[0]).map.states.prefix(3) == [.claimed, .claimed, .free])
                running.cancel()
                try await running.value
                await elsewhere.close()
            }
        }
    }

    @Test("A process passes its own hints over, and those that are none")
    func own() async throws {
        try await TestDatabase.with { database in
            let world = try await BookingWorld(in: database.pool, showtimes: 2)
            try await HearingProcess.with(world.showtimeIDs, in: database) { here in
                let id = world.showtimeIDs[0]
                var readings = here.maps.readingCount
                try await SeatStore().tell(SeatHint(origin: here.origin, showtimes: .some([id])), in: database.pool)
                try await database.pool.execute("SELECT pg_notify(\(SeatHint.channel), 'nonsense')")
                let others = try await here.hearsAnotherHint()
                #expect(here.maps.readingCount == readings + others)
                // Control: another one's costs a reading.
                readings = here.maps.readingCount
                try await SeatStore().tell(SeatHint(origin: here.origin + 1, showtimes: .some([id])), in: database.pool)
                try await until { here.maps.readingCount > readings }
            }
        }
    }

    @Test("A hint that names none has all compared at once")
    func all() async throws {
        try await TestDatabase.with { database in
            let world = try await BookingWorld(in: database.pool, showtimes: 2)
            try await HearingProcess.with(world.showtimeIDs, in: database) { here in
                let revision = try await database.pool.changeSeats(of: world.showtimeIDs[0])
                try await here.hearsAnotherHint()
                #expect(here.watched.revision == 0, "Control: nobody has told of it.")
                try await SeatStore().tell(SeatHint(origin: 7, showtimes: .all), in: database.pool)
                try await here.watched.waits(forRevision: revision)
            }
        }
    }
}

/// A process that shows seat maps and hears hints, and compares so rarely that it hears of other processes' changes by hints alone.
private struct HearingProcess {
    let maps: SeatMaps
    let origin: UInt64
    /// The first showtime, of which the tests are.
    let watched: WatchedMap
    /// Of another showtime, by whose hints one sees how far it has heard.
    private let other: WatchedMap
    private let otherID: Int64
    private let elsewhere: PostgresPool

    static func with(_ showtimeIDs: [Int64], in database: TestDatabase, _ body: (HearingProcess) async throws -> Void) async throws {
        let maps = SeatMaps(
            pool: database.pool, plans: ShowtimePlans(pool: database.pool), comparisonInterval: .seconds(3_600), logger: .silent
        ) { _ in [] }
        let origin: UInt64 = 42
        let hints = SeatHints(
            maps: maps, origin: origin, configuration: PostgresConnectionConfiguration(url: database.url), logger: .silent)
        let running = [Task { try await maps.run() }, Task { try await hints.run() }]
        let here = HearingProcess(
            maps: maps, origin: origin, watched: try await WatchedMap(showtimeIDs[0], of: maps),
            other: try await WatchedMap(showtimeIDs[1], of: maps), otherID: showtimeIDs[1], elsewhere: database.pool)
        let statement = "LISTEN \"\(SeatHint.channel)\""
        let listening: Query = """
            SELECT
            FROM pg_stat_activity
            WHERE datname = current_database()
                AND query = \(statement)
                AND state = 'idle'
            """
        try await until { try await database.pool.row(listening, { _ in true }) != nil }
        // It compares once when it begins, and once more when it begins to listen.
        try await here.hearsAnotherHint()
        try await body(here)
        for task in running { task.cancel() }
        for task in running { try await task.value }
    }

    /// Waits until it has heard all hints that were sent before, and has done what they ask for.
    ///
    /// - Returns: how many readings that took: of another showtime, of which it hears in two rounds, the first of which may be under way.
    @discardableResult
    func hearsAnotherHint() async throws -> Int {
        for _ in 0..<2 {
            let revision = try await elsewhere.changeSeats(of: otherID)
            try await SeatStore().tell(SeatHint(origin: 7, showtimes: .some([otherID])), in: elsewhere)
            try await other.waits(forRevision: revision)
        }
        return 2
    }
}
