import Database
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite("Watched seat maps when the database is busy or away")
struct SeatWatchTests {
    @Test("While all connections of the pool are in use, and somebody waits for one to read the map, a change still shows")
    func exhausted() async throws {
        try await TestDatabase.with(connections: 2) { database in
            let showtimeID = try await BookingWorld(in: database.pool).showtimeIDs[0]
            let elsewhere = PostgresPool(configuration: .patient(database.url), logger: .silent)
            let maps = SeatMaps.unencoded(database.pool)
            let running = Task { try await maps.run() }
            let watched = try await WatchedMap(showtimeID, of: maps)
            let end = Gate()
            let (leases, leased) = AsyncStream.makeStream(of: Void.self)
            let users = (0..<2).map { _ in
                Task {
                    try await database.pool.withConnection { _ in
                        leased.yield()
                        await end.wait()
                    }
                }
            }
            for await _ in leases.prefix(2) {}
            try await watched.waits(forRevision: try await elsewhere.changeSeats(of: showtimeID))
            // Whoever asks now has to read, for which there is no connection.
            maps.markChanged(.some([showtimeID]))
            let readings = maps.readingCount
            let reader = Task { try await maps.map(showtimeID: showtimeID) }
            try await until { maps.readingCount > readings }
            let revision = try await elsewhere.changeSeats(of: showtimeID)
            try await watched.waits(forRevision: revision)
            end.open()
            for user in users { try await user.value }
            #expect(try await reader.value.map.revision == revision)
            running.cancel()
            try await running.value
            await elsewhere.close()
        }
    }

    @Test("A showtime that can't be read holds up no other")
    func unreadable() async throws {
        try await TestDatabase.with { database in
            let showtimeIDs = try await BookingWorld(in: database.pool, showtimes: 20).showtimeIDs
            let elsewhere = PostgresPool(configuration: .patient(database.url), logger: .silent)
            let maps = SeatMaps.unencoded(database.pool)
            let running = Task { try await maps.run() }
            var watched: [WatchedMap] = []
            for id in showtimeIDs { watched.append(try await WatchedMap(id, of: maps)) }
            try await elsewhere.execute("ALTER TABLE showtimes ALTER COLUMN service_fee_fen DROP NOT NULL")
            try await elsewhere.execute(
                """
                UPDATE showtimes
                SET
                    version = version + 1,
                    seat_revision = seat_revision + 1,
                    service_fee_fen = CASE WHEN id <> \(showtimeIDs[7]) THEN service_fee_fen END
                """)
            for (id, map) in zip(showtimeIDs, watched) where id != showtimeIDs[7] {
                try await map.waits(forRevision: 1)
            }
            await #expect(throws: PostgresError.self) { try await maps.map(showtimeID: showtimeIDs[7]) }
            #expect(watched[7].revision == 0)
            try await elsewhere.execute("UPDATE showtimes SET service_fee_fen = 1, version = version + 1 WHERE service_fee_fen IS NULL")
            try await watched[7].waits(forRevision: 1)
            running.cancel()
            try await running.value
            await elsewhere.close()
        }
    }

    @Test("While maps can't be compared that is said once, and when they can again, what has changed shows")
    func failing() async throws {
        try await TestDatabase.with { database in
            let showtimeID = try await BookingWorld(in: database.pool).showtimeIDs[0]
            let (said, say) = AsyncStream.makeStream(of: Logger.Level.self)
            let maps = SeatMaps(
                pool: database.pool, plans: ShowtimePlans(pool: database.pool),
                logger: Logger(label: "test") { _ in LevelLog(say: { say.yield($0) }) }
            ) { _ in [] }
            let running = Task { try await maps.run() }
            let watched = try await WatchedMap(showtimeID, of: maps)
            try await database.pool.execute("ALTER TABLE showtimes RENAME COLUMN seat_revision TO seat_state")
            var levels = said.makeAsyncIterator()
            #expect(await levels.next() == .warning)
            // A few more times that it can't.
            let readings = maps.readingCount
            maps.markChanged(.some([showtimeID]))
            try await until { maps.readingCount >= readings + 3 }
            try await database.pool.execute("ALTER TABLE showtimes RENAME COLUMN seat_state TO seat_revision")
            try await watched.waits(forRevision: try await database.pool.changeSeats(of: showtimeID))
            #expect(await levels.next() == .info)
            // The loop's connection goes while it is idle.
            try await database.pool.execute(
                """
                SELECT pg_terminate_backend(pid, 10000)
                FROM pg_stat_activity
                WHERE datname = current_database()
                    AND pid <> pg_backend_pid()
                """)
            try await watched.waits(forRevision: try await database.pool.changeSeats(of: showtimeID))
            running.cancel()
            try await running.value
        }
    }
}

/// Tells of what level each line is.
private struct LevelLog: LogHandler {
    let say: @Sendable (Logger.Level) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        say(event.level)
    }
}
