import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("A service that is killed with a batch of bookings in flight", .inTurn)
struct KilledServiceTests {
    /// Where the batch stands when its process is killed.
    enum Moment: String, CaseIterable, Sendable {
        /// It has asked for the lock of its showtime and hasn't got it.
        case beforeTheWrites
        /// The server is carrying its COMMIT out and hasn't answered.
        case inTheCommit
    }

    /// How many requests a batch is: what waits in the lane at most. One more fills it.
    private static let batch = 5

    @Test(
        "The database holds all of it or nothing, and repeated at another process each buyer gets one order",
        arguments: [(Moment.beforeTheWrites, 0), (.inTheCommit, batch)])
    func killed(at moment: Moment, booked: Int) async throws {
        try await TestDatabase.with { database in
            // One showtime's booking holds the only lane until the bookings of the other wait for it together.
            let world = try await BookingWorld(in: database.pool, showtimes: 2, buyers: Self.batch + 2)
            let buyers = try await world.buyers.asyncMap { try await RunningBuyer($0, in: database.pool) }
            let environment = try Platform.environment(
                databaseURL: database.url(of: .client),
                ["LANES_COUNT": "1", "LANES_QUEUE_LIMIT": String(Self.batch), "LANES_WAIT_MILLISECONDS": "60000"])
            try await RunningService.with(2, of: "ClientService", environment) { services in
                let doorstop = try await Doorstop.hold(showtimeID: world.showtimeIDs[0], in: database.pool)
                let lock = try await Self.hold(moment, world.showtimeIDs[1], in: database.pool)
                async let first = try? await buyers[0].order(world, showtime: 0, seat: 0, at: services[0])
                _ = try await doorstop.blocked()
                try await withThrowingTaskGroup(of: Asked?.self) { requests in
                    for number in 1..<buyers.count {
                        requests.addTask { try? await buyers[number].order(world, showtime: 1, seat: number, at: services[0]) }
                    }
                    // The lane is full, so all others wait in it.
                    let surplus = try await requests.next() ?? nil
                    #expect(surplus?.status == 503 && surplus?.code == "busy", "\(String(describing: surplus))")
                    await doorstop.release()
                    let serverProcess = try await lock.blocked()
                    await services[0].kill()
                    await lock.letGo()
                    try await lock.waitForEnd(of: serverProcess)
                    await lock.release()
                    try await requests.waitForAll()
                }
                _ = await first
                try await Self.expect(booked, ofShowtime: world.showtimeIDs[1], in: database.pool)
                let before = try await Self.orderIDs(of: world.showtimeIDs[1], in: database.pool)

                var answered: Set<String> = []
                for number in 1..<buyers.count {
                    let answer = try await buyers[number].order(world, showtime: 1, seat: number, at: services[1])
                    #expect(answer.status == 201, "\(answer.body)")
                    answered.insert(answer["id"].text)
                }
                #expect(answered.count == buyers.count - 1)
                #expect(answered.isSuperset(of: before))
                #expect(try await Self.orderIDs(of: world.showtimeIDs[1], in: database.pool) == answered)
            }
        }
    }

    private static func hold(_ moment: Moment, _ showtimeID: Int64, in pool: PostgresPool) async throws -> HeldLock {
        let connection = pool.configuration.connection
        guard moment == .inTheCommit else { return try await HeldLock(showtimeID: showtimeID, in: connection) }
        try await CommitBrake.install(showtimeID: showtimeID, in: pool)
        return try await CommitBrake.hold(in: connection)
    }

    /// So many orders of one seat each, whole, of one transaction, and nothing else.
    private static func expect(_ count: Int, ofShowtime showtimeID: Int64, in pool: PostgresPool) async throws {
        let rows = try await pool.row(
            """
            SELECT
                (SELECT count(*) FROM orders WHERE showtime_id = \(showtimeID)) AS orders,
                (SELECT count(DISTINCT xmin::text) FROM orders WHERE showtime_id = \(showtimeID)) AS transactions,
                (SELECT count(*) FROM seat_claims WHERE showtime_id = \(showtimeID)) AS claims,
                (
                    SELECT count(*)
                    FROM order_events
                    JOIN orders ON orders.id = order_events.order_id
                    WHERE orders.showtime_id = \(showtimeID)
                ) AS events,
                (SELECT count(*) FROM idempotency_records WHERE key LIKE \("\(RunningBuyer.keyPrefix)1-%")) AS records
            """
        ) { row in try ["orders", "transactions", "claims", "events", "records"].map { try row[$0] as Int } }
        #expect(rows == [count, min(count, 1), count, count, count])
    }

    private static func orderIDs(of showtimeID: Int64, in pool: PostgresPool) async throws -> Set<String> {
        let ids = try await pool.rows("SELECT id FROM orders WHERE showtime_id = \(showtimeID)") { try $0["id"] as UUID }
        return Set(ids.map { $0.uuidString.lowercased() })
    }
}

/// Makes a booking stand still in its writes for as long as a test holds it, however short a wait for locks it allows itself.
private enum Doorstop {
    private static let key: Int64 = 7_203

    /// - Parameter showtimeID: whose bookings alone are stopped.
    static func hold(showtimeID: Int64, in database: PostgresPool) async throws -> HeldLock {
        try await database.execute(
            Query(
                unsafeSQL: """
                    CREATE FUNCTION doorstop() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0
                    AS $$
                    BEGIN
                        PERFORM pg_advisory_xact_lock(\(key));
                        RETURN NEW;
                    END
                    $$
                    """))
        try await database.execute(
            Query(
                unsafeSQL: """
                    CREATE TRIGGER doorstop BEFORE INSERT ON orders
                    FOR EACH ROW WHEN (NEW.showtime_id = \(showtimeID)) EXECUTE FUNCTION doorstop()
                    """))
        return try await HeldLock("SELECT pg_advisory_xact_lock(\(key))", in: database.configuration.connection)
    }
}
