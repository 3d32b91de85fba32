import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Repeated requests")
struct IdempotencyTests {
    let store = IdempotencyStore()

    private func request(account: Int64, key: String = "k1", operation: String = "POST /v1/things", hash: UInt8 = 1) -> IdempotentRequest {
        IdempotentRequest(accountID: account, operation: operation, key: key, sha256: [UInt8](repeating: hash, count: 32))
    }

    @Test("An answer is found again by account, operation and key, and by nothing less")
    func found() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let anna = try await fixture.signUp("anna").account.id
            let bella = try await fixture.signUp("bella").account.id
            let answer = RecordedAnswer(status: 201, location: "/v1/things/1", body: Array(#"{"id":1}"#.utf8))
            try await pool.withTransaction { transaction in
                #expect(try await store.tryLock(request(account: anna), in: transaction))
                #expect(try await store.answer(to: request(account: anna), in: transaction) == nil)
                try await store.record(answer, to: request(account: anna), in: transaction)
            }
            #expect(try await store.answer(to: request(account: anna), in: pool) == answer)
            #expect(try await store.answer(to: request(account: bella), in: pool) == nil)
            #expect(try await store.answer(to: request(account: anna, key: "k2"), in: pool) == nil)
            #expect(try await store.answer(to: request(account: anna, operation: "POST /v1/others"), in: pool) == nil)
            await #expect(throws: Refusal.idempotencyKeyReused) {
                _ = try await store.answer(to: request(account: anna, hash: 2), in: pool)
            }
        }
    }

    @Test("Only one transaction at a time works on a request; others are told at once")
    func inProgress() async throws {
        try await withTestDatabase { pool in
            let request = request(account: 1)
            let other = self.request(account: 2)
            try await pool.withTransaction { first in
                let locked = try await store.tryLock(request, in: first)
                #expect(locked)
                try await pool.withTransaction { second in
                    let lockedTwice = try await store.tryLock(request, in: second)
                    let lockedAnother = try await store.tryLock(other, in: second)
                    #expect(!lockedTwice && lockedAnother)
                }
            }
            let lockedLater = try await pool.withTransaction { try await store.tryLock(request, in: $0) }
            #expect(lockedLater)
        }
    }

    @Test("After a day the key is free again, and the sweeper takes the record away")
    func old() async throws {
        try await withTestDatabase { pool in
            let anna = try await AccountsFixture(pool: pool).signUp("anna").account.id
            let answer = RecordedAnswer(status: 201, location: nil, body: [1])
            let later = RecordedAnswer(status: 201, location: nil, body: [2])
            for key in ["k1", "k2", "k3"] {
                try await pool.withTransaction { try await store.record(answer, to: request(account: anna, key: key), in: $0) }
            }
            try await pool.execute(
                "UPDATE idempotency_records SET created_at = clock_timestamp() - INTERVAL '24 hours 1 second' WHERE key <> 'k3'")
            #expect(try await store.answer(to: request(account: anna, hash: 2), in: pool) == nil)
            try await pool.withTransaction { try await store.record(later, to: request(account: anna, hash: 2), in: $0) }
            #expect(try await store.answer(to: request(account: anna, hash: 2), in: pool) == later)
            #expect(try await store.deleteOld(limit: 10, in: pool) == 1)
            #expect(try await store.deleteOld(limit: 10, in: pool) == 0)
            #expect(try await store.answer(to: request(account: anna, key: "k3"), in: pool) == answer)
        }
    }

    @Test("Requests have locks of their own")
    func lockKeys() {
        let keys = [
            request(account: 1), request(account: 2), request(account: 1, key: "k2"), request(account: 1, operation: "POST /v1/others"),
            request(account: 11, key: "1"), request(account: 1, key: "11"),
        ].map(\.lockKey)
        #expect(Set(keys).count == keys.count)
        #expect(request(account: 1).lockKey == request(account: 1, hash: 9).lockKey)
    }
}
