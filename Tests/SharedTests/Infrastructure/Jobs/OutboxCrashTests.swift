import Callers
import Database
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite("A delivery that takes its process with it")
struct OutboxCrashTests {
    private struct Row: Equatable, Sendable {
        var attempts: Int
        var failures: Int
        var isLeased: Bool
        var state: OutboxState
        var error: String?
    }

    private struct Handler: OutboxHandler {
        let kind = "parcel"
        let delivery: @Sendable (OutboxMessage) async throws -> OutboxDelivery

        func deliver(_ message: OutboxMessage) async throws -> OutboxDelivery {
            try await delivery(message)
        }
    }

    private let store = OutboxStore()
    private let outbox = Outbox()
    private let pace = OutboxConfiguration(
        pollInterval: .milliseconds(20), deliveryLimit: .seconds(300), leaseDuration: .seconds(600), firstPause: .milliseconds(10),
        maximumAttempts: 3
    )

    private func worker(_ pool: PostgresPool, _ handler: Handler) -> @Sendable () async throws -> Void {
        let worker = OutboxWorker(
            pool: pool, handlers: [handler], pace: pace, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return { try await worker.run() }
    }

    private func add(_ count: Int = 1, in pool: PostgresPool) async throws {
        for number in 1...count { try await outbox.add("parcel", ["number": number], in: pool) }
    }

    private func rows(_ pool: PostgresPool) async throws -> [Row] {
        try await outbox.entries(state: nil, kind: "parcel", page: PageRequest(limit: 100), in: pool).items.reversed().map {
            Row(attempts: $0.attempts, failures: $0.failures, isLeased: $0.leasedAt != nil, state: $0.state, error: $0.lastError)
        }
    }

    /// What a process does that is gone before the delivery has an outcome.
    private func crash(_ pool: PostgresPool) async throws -> OutboxLease {
        try await store.lease(kinds: ["parcel"], limit: 10, for: .zero, maximumFailures: 3, in: pool)
    }

    @Test("Every crash counts as a failure, and at the limit the message is given up before it is delivered once more")
    func limit() async throws {
        try await withTestDatabase { pool in
            try await add(in: pool)
            for failures in 0..<3 {
                let lease = try await crash(pool)
                #expect(lease.messages.map(\.failures) == [failures] && lease.givenUp.isEmpty)
                let row = try await rows(pool).first
                #expect(row == Row(attempts: failures + 1, failures: failures, isLeased: true, state: .due, error: nil))
            }
            let journal = Journal<Int64>()
            let handler = Handler { message in
                await journal.note(message.id)
                return .done
            }
            try await running([worker(pool, handler)]) { try await rows(pool).first?.state == .dead }
            #expect(await journal.count == 0)
            let row = try await rows(pool).first
            #expect(row == Row(attempts: 3, failures: 3, isLeased: false, state: .dead, error: "3 attempts failed: no outcome"))
        }
    }

    @Test("Whatever the outcome is, once it is recorded the next lease counts no crash")
    func recorded() async throws {
        try await withTestDatabase { pool in
            try await add(in: pool)
            for _ in 0..<5 {
                let message = try #require(try await crash(pool).messages.first)
                try await store.postpone(message, by: .zero, reason: "not_yet", hasFailed: false, in: pool)
            }
            let postponed = try await rows(pool).first
            #expect(postponed == Row(attempts: 5, failures: 0, isLeased: false, state: .due, error: "not_yet"))
            let failed = try #require(try await crash(pool).messages.first)
            try await store.postpone(failed, by: .zero, reason: "Broken", hasFailed: true, in: pool)
            let given = try #require(try await crash(pool).messages.first)
            #expect(given.failures == 1)
            try await store.giveUp(given, reason: "refused", in: pool)
            let dead = try await rows(pool).first
            #expect(dead == Row(attempts: 7, failures: 2, isLeased: false, state: .dead, error: "refused"))
        }
    }

    @Test("The messages of a crashed process are delivered by the others, each once, and only they count a failure")
    func othersGoOn() async throws {
        try await withTestDatabase { pool in
            try await add(50, in: pool)
            let held = try await store.lease(kinds: ["parcel"], limit: 8, for: .seconds(3_600), maximumFailures: 3, in: pool).messages
            let journal = Journal<Int64>()
            let handler = Handler { message in
                await journal.note(message.id)
                return .done
            }
            let workers = [worker(pool, handler), worker(pool, handler)]
            let hasRunOut = Atomic(false)
            try await running(workers) {
                let done = try await rows(pool).count { $0.state == .done }
                if done == 50 - held.count, !hasRunOut.exchange(true, ordering: .relaxed) {
                    try await pool.execute("UPDATE outbox SET next_attempt_at = clock_timestamp() WHERE done_at IS NULL")
                }
                return done == 50
            }
            let delivered = await journal.entries
            #expect(delivered.count == 50 && Set(delivered).count == 50)
            #expect(Set(delivered.suffix(held.count)) == Set(held.map(\.id)))
            let after = try await rows(pool)
            #expect(after.map(\.failures).reduce(0, +) == held.count)
            #expect(after.allSatisfy { !$0.isLeased })
        }
    }

    @Test("A message that was given up is due again when somebody says so, as if it were new; others are not")
    func retry() async throws {
        try await withTestDatabase { pool in
            try await add(2, in: pool)
            let messages = try await crash(pool).messages
            let (first, second) = (try #require(messages.first), try #require(messages.last))
            try await store.giveUp(first, reason: "refused", in: pool)
            try await store.settle(second, in: pool)
            let revived = try await pool.withTransaction { try await outbox.retry(first.id, in: $0) }
            #expect(revived.state == .due && revived.failures == 0 && revived.deadAt == nil && revived.lastError == "refused")
            for (id, refusal) in [(first.id, Refusal.messageNotDead), (second.id, .messageNotDead), (second.id + 1, .notFound)] {
                await #expect(throws: refusal) {
                    try await pool.withTransaction { _ = try await outbox.retry(id, in: $0) }
                }
            }
            try await running([worker(pool, Handler { _ in .done })]) { try await rows(pool).allSatisfy { $0.state == .done } }
        }
    }
}
