import Database
import Foundation
import Shared
import TestSupport
import Testing

@Suite("A lane of notices that loses its connection")
struct LostNoticeConnectionTests {
    /// Where a batch stands still for its connection to be ended there.
    enum Moment: String, CaseIterable, Sendable {
        case reading, writing, committing

        func hold(_ world: BookingWorld, in pool: PostgresPool) async throws -> HeldLock {
            let connection = pool.configuration.connection
            switch self {
            case .reading: return try await HeldLock(showtimeID: world.showtimeIDs[0], in: connection)
            case .writing: return try await Self.hold(NoticeBrake(.inTheWrites), in: pool)
            case .committing: return try await Self.hold(NoticeBrake(.inTheCommit), in: pool)
            }
        }

        private static func hold(_ brake: NoticeBrake, in pool: PostgresPool) async throws -> HeldLock {
            try await brake.install(in: pool)
            return try await brake.hold(in: pool.configuration.connection)
        }

        /// Once its writes and its COMMIT are sent nobody knows what became of them.
        var repetitions: Int { self == .reading ? 0 : 1 }
    }

    @Test("Whenever the server ends it, each order of the batch is paid once and each notice recorded once", arguments: Moment.allCases)
    func inFlight(_ moment: Moment) async throws {
        try await withTestDatabase { database in
            let world = try await BookingWorld(in: database, buyers: 5)
            let process = try BookingProcess(database)
            let facts = try await process.waitingOrders(5, in: world, database)
            let lock = try await moment.hold(world, in: database)
            let isReleased = Gate()
            let held = HeldWork(NoticeBatchWork(payments: process.payments, lockPatience: Patience.limit))
            let connection = database.configuration.connection
            let lane = Lane(held) { number in
                if number == 2 { await isReleased.wait() }
                return connection
            }
            let batch = Array(facts.prefix(4))
            async let results = lane.results(ofOneBatch: batch, held)
            try await lock.endBlocked()
            await lock.release()
            try await Self.expectPaidOnce(0, in: database)
            isReleased.open()
            #expect(try await results.map { try $0.get() } == batch.map { _ in .handled(.paid) })
            #expect(held.batches == [1, 4, 4])
            #expect(held.repetitions == moment.repetitions)
            try await Self.expectPaidOnce(4, in: database)
            // The lane goes on, and who is told again knows.
            #expect(try await lane.submit(WaitingNotice(facts[4])) == .handled(.paid))
            try await Self.expectPaidOnce(5, in: database)
            for fact in facts { #expect(try await process.arrivals.handle(fact) == .alreadySettled) }
            try await expectInvariants(in: database)
            await lane.close()
        }
    }

    /// An order's code tells who paid it. Where the repetition comes with other codes its own orders look like somebody else's.
    @Test("Control: without knowing again what it paid, the lane leaves its own notices to be recorded a second time")
    func control() async throws {
        try await TestDatabase.with { database in
            let pool = database.pool
            let world = try await BookingWorld(in: pool, buyers: 4)
            let process = try BookingProcess(pool)
            let facts = try await process.waitingOrders(4, in: world, pool)
            let port = try #require(URLComponents(string: database.url)?.port)
            try await CuttingProxy.with(.afterCommit, serverPort: port) { proxyPort in
                let cutOff = PostgresConnectionConfiguration(url: database.url.replacing(":\(port)/", with: ":\(proxyPort)/"))
                let held = HeldWork(NoticeBatchWork(payments: process.payments, lockPatience: Patience.limit), knowsItsOwn: false)
                let lane = Lane(held, cutOff, pool.configuration.connection)
                let results = try await lane.results(ofOneBatch: facts, held)
                #expect(try results.map { try $0.get() } == facts.map { _ in .leftAlone })
                #expect(held.repetitions == 1)
                await lane.close()
            }
            try await Self.expectPaidOnce(4, in: pool)
            for fact in facts { #expect(try await process.alone.handle(fact) == .alreadySettled) }
            #expect(try await count("SELECT count(*) FROM payment_notifications", in: pool) == 8)
        }
    }

    // MARK: -

    /// So many orders are paid, each with one of everything, and so many notices are recorded.
    private static func expectPaidOnce(_ orders: Int, in database: PostgresPool) async throws {
        let paid = try await database.row(
            """
            SELECT
                (SELECT count(*) FROM orders WHERE state = 'paid' AND version = 2) AS orders,
                (SELECT count(*) FROM order_events WHERE to_state = 'paid') AS events,
                (SELECT count(*) FROM payments WHERE state = 'succeeded') AS payments,
                (SELECT count(*) FROM tickets) AS tickets,
                (SELECT count(*) FROM ledger_entries) AS entries,
                (SELECT count(*) FROM payment_notifications WHERE outcome = 'paid') AS paid_notices,
                (SELECT count(*) FROM payment_notifications) AS notices
            """
        ) { row in
            try ["orders", "events", "payments", "tickets", "entries", "paid_notices", "notices"].map { try row[$0] as Int }
        }
        #expect(paid == Array(repeating: orders, count: 7))
        try await expectInvariants(in: database)
    }
}
