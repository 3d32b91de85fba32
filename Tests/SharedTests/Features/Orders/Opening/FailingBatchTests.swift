import Callers
import Database
import Foundation
import Shared
import Synchronization
import TestSupport
import Testing

@Suite("A batch of orders that fails half-way")
struct FailingBatchTests {
    /// Where the database refuses one order of the batch: at each table that is written, and not before the COMMIT.
    enum Poison: String, CaseIterable, Sendable {
        case orders, order_events, seat_claims, idempotency_records, commit

        /// Makes the database refuse the order of this id, whatever else the statement holds.
        func put(on opening: OrderOpening, in database: PostgresPool) async throws {
            let row =
                switch self {
                case .orders, .commit: "NEW.id = '\(opening.orderID)'"
                case .order_events, .seat_claims: "NEW.order_id = '\(opening.orderID)'"
                case .idempotency_records: "NEW.account_id = \(opening.accountID)"
                }
            try await database.execute(
                Query(
                    unsafeSQL: """
                        CREATE FUNCTION refuse_poisoned() RETURNS trigger LANGUAGE plpgsql
                        AS $$ BEGIN IF \(row) THEN RAISE EXCEPTION 'poisoned'; END IF; RETURN NEW; END $$
                        """))
            let trigger =
                self == .commit
                ? "CREATE CONSTRAINT TRIGGER poisoned AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED"
                : "CREATE TRIGGER poisoned BEFORE INSERT ON \(rawValue)"
            try await database.execute(Query(unsafeSQL: "\(trigger) FOR EACH ROW EXECUTE FUNCTION refuse_poisoned()"))
        }
    }

    @Test(
        "All of it is rolled back and done again one by one: the refused order fails, the others are booked once",
        arguments: Poison.allCases)
    func poisoned(_ poison: Poison) async throws {
        try await BatchStage.with { stage in
            let pool = stage.database.pool
            let openings = try await stage.openings(5)
            try await poison.put(on: openings[2], in: pool)
            let outcomes = try await stage.together(openings)
            var (expected, whole) = (openings.map(\.ordered), openings.map { BookedRows.all(of: $0) })
            (expected[2], whole[2]) = (.failed(.server), .none)
            #expect(outcomes == expected)
            #expect(stage.work.attempts.map(\.size) == [5, 1, 1, 1, 1, 1])
            #expect(try await BookedRows.of(openings, in: pool) == whole)
            #expect(try await BookedRows.total(in: pool) == whole.sum)
            #expect(try await BookedRows.transactions(in: pool) == 4)
            // The lane goes on, on the connection that it had.
            let later = try await stage.opening(6, [20, 21])
            #expect(await stage.alone(later) == later.ordered)
            #expect(stage.connections == 1)
        }
    }

    @Test("One that waits for a lock for too long in the middle of its writes is done again one by one")
    func lockTimeout() async throws {
        let lock = Mutex<HeldLock?>(nil)
        // Held until the batch has failed.
        let release: @Sendable (Int) async throws -> Void = { number in
            guard number == 2 else { return }
            await lock.withLock { $0 }?.release()
        }
        try await BatchStage.with(lockPatience: .milliseconds(300), beforeAttempt: release) { stage in
            let pool = stage.database.pool
            let held = try await HeldLock("LOCK TABLE order_events IN SHARE MODE", in: pool.configuration.connection)
            lock.withLock { $0 = held }
            let openings = try await stage.openings(3)
            let outcomes = try await stage.together(openings)
            #expect(outcomes == openings.map(\.ordered))
            #expect(stage.work.attempts.map(\.size) == [3, 1, 1, 1])
            #expect(try await BookedRows.of(openings, in: pool) == openings.map { .all(of: $0) })
            #expect(try await BookedRows.total(in: pool) == openings.map { .all(of: $0) }.sum)
            #expect(stage.connections == 1)
        }
    }

    /// What the lane does after a failure is taken away: the same work, the same batch, once.
    @Test("Control: without being done again one by one nobody of such a batch gets an order")
    func control() async throws {
        try await BatchStage.with { stage in
            let pool = stage.database.pool
            let openings = try await stage.openings(5)
            try await Poison.seat_claims.put(on: openings[2], in: pool)
            let connection = try await PostgresConnection.connect(to: pool.configuration.connection)
            let work = OrderOpeningWork(plans: stage.plans, limits: OrderConfiguration(), policy: .bits, encode: answeredByItsID)
            await #expect(throws: PostgresPipelineError.self) {
                try await work.perform(openings, isRepetition: false, on: connection)
            }
            await connection.close()
            #expect(try await BookedRows.total(in: pool) == .none)
        }
    }
}
