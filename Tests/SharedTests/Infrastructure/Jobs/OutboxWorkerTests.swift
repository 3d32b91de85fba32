import Database
import Foundation
import Logging
import TestSupport
import Testing

@testable import Shared

@Suite("The outbox")
struct OutboxWorkerTests {
    private struct Parcel: Codable, Sendable, Equatable {
        var number: Int
    }

    /// Delivers by a closure.
    private struct Handler: OutboxHandler {
        var kind = "parcel"
        var delivery: @Sendable (OutboxMessage) async throws -> OutboxDelivery

        func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery {
            try await delivery(message)
        }
    }

    private struct Secret: Error, CustomStringConvertible {
        var description: String { "https://gateway/?sign=secret" }
    }

    /// The state of all messages, by id.
    private struct Row: Equatable, Sendable {
        var attempts: Int
        var isDone: Bool
        var isDead: Bool
        var error: String?
        /// Seconds until the next attempt.
        var wait: Double
    }

    private let outbox = Outbox()
    private let pace = OutboxConfiguration(
        pollInterval: .milliseconds(30), concurrency: 4, deliveryLimit: .seconds(300), leaseDuration: .seconds(600),
        firstPause: .seconds(10_000), longestPause: .seconds(10_000), maximumAttempts: 3
    )

    private func worker(_ pool: PostgresPool, _ handler: Handler, pace: OutboxConfiguration? = nil) -> @Sendable () async throws -> Void {
        let worker = OutboxWorker(pool: pool, handlers: [handler], pace: pace ?? self.pace, logger: Logger(label: "test"))
        return { try await worker.run() }
    }

    private func rows(_ pool: PostgresPool) async throws -> [Row] {
        try await pool.rows(
            """
            SELECT
                attempts,
                done_at IS NOT NULL AS done,
                dead_at IS NOT NULL AS dead,
                last_error,
                extract(EPOCH FROM next_attempt_at - clock_timestamp())::float8 AS wait
            FROM outbox
            ORDER BY id
            """
        ) {
            Row(
                attempts: try $0["attempts"], isDone: try $0["done"], isDead: try $0["dead"], error: try $0["last_error"],
                wait: try $0["wait"])
        }
    }

    @Test("A message is there exactly when its transaction was committed")
    func isTransactional() async throws {
        try await withTestDatabase { pool in
            struct Abort: Error {}
            try await pool.withTransaction { try await outbox.add("parcel", Parcel(number: 1), in: $0) }
            await #expect(throws: Abort.self) {
                try await pool.withTransaction { transaction in
                    try await outbox.add("parcel", Parcel(number: 2), in: transaction)
                    throw Abort()
                }
            }
            #expect(try await rows(pool).count == 1)
        }
    }

    @Test("A message is delivered with its payload, once, and is done")
    func delivers() async throws {
        try await withTestDatabase { pool in
            let journal = Journal<Parcel>()
            try await outbox.add("parcel", Parcel(number: 7), in: pool)
            let handler = Handler { message in
                await journal.note(try message.decode())
                return .done
            }
            try await running([worker(pool, handler)]) { try await rows(pool).allSatisfy(\.isDone) }
            #expect(await journal.entries == [Parcel(number: 7)])
            #expect(try await rows(pool).map(\.attempts) == [1])
        }
    }

    @Test("A message isn't delivered before its time, and other kinds are left alone")
    func leavesAlone() async throws {
        try await withTestDatabase { pool in
            let journal = Journal<Int64>()
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            try await pool.execute("UPDATE outbox SET next_attempt_at = clock_timestamp() + INTERVAL '1 hour'")
            try await outbox.add("letter", Parcel(number: 2), in: pool)
            try await outbox.add("parcel", Parcel(number: 3), in: pool)
            let handler = Handler { message in
                await journal.note(message.id)
                return .done
            }
            try await running([worker(pool, handler)]) { try await rows(pool)[2].isDone }
            #expect(await journal.count == 1)
            #expect(try await rows(pool).map(\.attempts) == [0, 0, 1])
        }
    }

    @Test("After an error it waits and tries again; the error's text, which may hold secrets, is not kept")
    func failure() async throws {
        try await withTestDatabase { pool in
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            try await running([worker(pool, Handler { _ in throw Secret() })]) { try await rows(pool)[0].error != nil }
            let row = try await rows(pool)[0]
            #expect(row.error == "Secret")
            #expect(row.attempts == 1 && !row.isDone && !row.isDead)
            #expect((4_000...10_000).contains(row.wait))
        }
    }

    @Test("A message to be tried again waits at least half of the pause that its handler named, and the rest by chance")
    func again() async throws {
        try await withTestDatabase { pool in
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            let handler = Handler { _ in .again(after: .seconds(10_000), reason: "buyer_is_paying") }
            try await running([worker(pool, handler)]) { try await rows(pool)[0].error != nil }
            let row = try await rows(pool)[0]
            #expect(row.error == "buyer_is_paying")
            #expect((4_000...10_000).contains(row.wait))
        }
    }

    @Test("A message is given up when its handler says so, or after too many failures, and is counted")
    func givesUp() async throws {
        try await withTestDatabase { pool in
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            try await outbox.add("parcel", Parcel(number: 2), in: pool)
            let handler = Handler { message in
                guard try message.decode(Parcel.self).number == 1 else { throw Secret() }
                return .givenUp(reason: "no_such_trade")
            }
            var pace = pace
            pace.firstPause = .milliseconds(20)
            try await running([worker(pool, handler, pace: pace)]) { try await rows(pool).allSatisfy(\.isDead) }
            #expect(try await rows(pool).map(\.error) == ["no_such_trade", "3 attempts failed: Secret"])
            #expect(try await rows(pool).map(\.attempts) == [1, 3])
            let backlog = try await OutboxStore().backlog(in: pool)
            #expect(backlog.dead == 2 && backlog.deadByKind == ["parcel": 2])
            let failures = try await pool.rows("SELECT failures FROM outbox ORDER BY id") { try $0["failures"] as Int }
            #expect(failures == [1, 3])
        }
    }

    @Test("Being told to come again, however often, is no failure")
    func againIsNoFailure() async throws {
        try await withTestDatabase { pool in
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            let handler = Handler { message in
                guard message.attempts > 6 else { return .again(after: .zero) }
                guard message.attempts > 7 else { throw Secret() }
                return .done
            }
            var pace = pace
            pace.firstPause = .milliseconds(20)
            try await running([worker(pool, handler, pace: pace)]) { try await rows(pool)[0].isDone }
            #expect(try await rows(pool).map(\.attempts) == [8])
            let failures: Int? = try await pool.row("SELECT failures FROM outbox") { try $0["failures"] }
            #expect(failures == 1)
        }
    }

    @Test("Several processes side by side deliver each message once")
    func sideBySide() async throws {
        try await withTestDatabase { pool in
            let journal = Journal<Int64>()
            for number in 1...200 { try await outbox.add("parcel", Parcel(number: number), in: pool) }
            let handler = Handler { message in
                await journal.note(message.id)
                try await letPass(.milliseconds(Int.random(in: 0...5)))
                return .done
            }
            let workers = (1...4).map { _ in worker(pool, handler) }
            try await running(workers) { try await rows(pool).allSatisfy(\.isDone) }
            let delivered = await journal.entries
            #expect(delivered.count == 200)
            #expect(Set(delivered).count == 200)
        }
    }

    @Test("A delivery that hangs is cancelled and tried again, and keeps nobody else waiting")
    func hangs() async throws {
        try await withTestDatabase { pool in
            for number in 1...3 { try await outbox.add("parcel", Parcel(number: number), in: pool) }
            let handler = Handler { message in
                if try message.decode(Parcel.self).number == 1, message.attempts == 1 { try await hang() }
                return .done
            }
            var pace = pace
            pace.deliveryLimit = .seconds(1)
            pace.firstPause = .milliseconds(20)
            try await running([worker(pool, handler, pace: pace)]) { try await rows(pool).allSatisfy(\.isDone) }
            #expect(try await rows(pool)[0].attempts >= 2)
        }
    }

    @Test("A message that a crashed process had leased is delivered by another when the lease has run out, not before")
    func crash() async throws {
        try await withTestDatabase { pool in
            let store = OutboxStore()
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            let leased = try await store.lease(["parcel"], for: .seconds(3_600), in: pool)
            #expect(leased.count == 1)
            #expect(try await store.lease(["parcel"], for: .seconds(1), in: pool).isEmpty)
            // The lease runs out.
            try await pool.execute("UPDATE outbox SET next_attempt_at = clock_timestamp()")
            try await running([worker(pool, Handler { _ in .done })]) { try await rows(pool)[0].isDone }
            #expect(try await rows(pool).map(\.attempts) == [2])
        }
    }

    @Test("A worker that lost its lease can neither postpone the message nor give it up, but its late success counts")
    func lostLease() async throws {
        try await withTestDatabase { pool in
            let store = OutboxStore()
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            let first = try #require(try await store.lease(["parcel"], for: .zero, in: pool).first)
            let second = try #require(try await store.lease(["parcel"], for: .seconds(3_600), in: pool).first)
            #expect((first.attempts, second.attempts) == (1, 2))
            try await store.postpone(first, by: .zero, reason: "stale", hasFailed: false, in: pool)
            try await store.giveUp(first, reason: "stale", in: pool)
            let held = try await rows(pool)[0]
            #expect(held.error == nil && !held.isDead && held.wait > 600)
            try await store.settle(first, in: pool)
            try await store.postpone(second, by: .zero, reason: "late", hasFailed: false, in: pool)
            let done = try await rows(pool)[0]
            #expect(done.isDone && done.error == nil)
        }
    }

    @Test("Shut down in the middle of a batch, a worker finishes what it has under way and takes nothing more")
    func shutdown() async throws {
        try await withTestDatabase { pool in
            let (begun, letGo) = (Journal<Int64>(), Gate())
            for number in 1...20 { try await outbox.add("parcel", Parcel(number: number), in: pool) }
            let handler = Handler { message in
                await begun.note(message.id)
                await letGo.wait()
                return .done
            }
            try await running([worker(pool, handler)], whenShuttingDown: { letGo.open() }) { await begun.count == 4 }
            let rows = try await rows(pool)
            #expect(rows.count(where: \.isDone) == 4)
            #expect(rows.count { $0.attempts == 0 } == 16)
        }
    }

    @Test("The backlog tells how long the oldest due message has waited")
    func backlog() async throws {
        try await withTestDatabase { pool in
            let store = OutboxStore()
            #expect(try await store.backlog(in: pool) == OutboxBacklog(due: 0, oldestDueAge: 0, oldestAgeByKind: [:], deadByKind: [:]))
            try await outbox.add("parcel", Parcel(number: 1), in: pool)
            try await outbox.add("parcel", Parcel(number: 2), in: pool)
            try await pool.execute(
                "UPDATE outbox SET next_attempt_at = clock_timestamp() + make_interval(secs => CASE id WHEN 1 THEN -90 ELSE 90 END)")
            let backlog = try await store.backlog(in: pool)
            #expect(backlog.due == 1)
            #expect((89...900).contains(backlog.oldestDueAge))
            // A message that is put off again and again is seen by its own age.
            try await pool.execute("UPDATE outbox SET created_at = clock_timestamp() - INTERVAL '3 days' WHERE id = 2")
            let age = try await store.backlog(in: pool).oldestAgeByKind["parcel"] ?? 0
            #expect((259_199...260_000).contains(age))
        }
    }

    @Test("Delivered messages are deleted after a while, others never")
    func deletes() async throws {
        try await withTestDatabase { pool in
            for number in 1...3 { try await outbox.add("parcel", Parcel(number: number), in: pool) }
            try await pool.execute("UPDATE outbox SET done_at = clock_timestamp() - INTERVAL '8 days' WHERE id = 1")
            try await pool.execute("UPDATE outbox SET dead_at = clock_timestamp() - INTERVAL '8 days' WHERE id = 2")
            #expect(try await outbox.deleteDelivered(olderThan: .seconds(7 * 86_400), in: pool) == 1)
            #expect(try await rows(pool).count == 2)
        }
    }
}

extension OutboxStore {
    /// Takes messages that may fail often.
    func lease(_ kinds: [String], for duration: Duration, in pool: PostgresPool) async throws -> [OutboxMessage] {
        try await lease(kinds: kinds, limit: 10, for: duration, maximumFailures: 30, in: pool).messages
    }
}
