import Synchronization
import TestSupport
import Testing

@testable import Database

@Suite("What this process has committed is told")
struct CommittedChangesTests {
    private let change = CommittedChange(kind: "thing", id: 7)

    private func told(by pool: PostgresPool) -> Told {
        let told = Told()
        pool.configuration.connection.commits.observe { told.add($0) }
        return told
    }

    @Test("A statement's change is told when it has committed by itself")
    func single() async throws {
        try await withTestDatabase(.empty) { pool in
            let told = told(by: pool)
            try await pool.execute(.changing([change], by: "SELECT 1"))
            #expect(told.all == [change])
            try await pool.execute("SELECT 1")
            #expect(told.all == [change])
        }
    }

    @Test("Within a transaction nothing is told before its end, and then all of it")
    func transaction() async throws {
        try await withTestDatabase(.empty) { pool in
            let told = told(by: pool)
            let other = CommittedChange(kind: "thing", id: 8)
            try await pool.withTransaction { transaction in
                try await transaction.execute(.changing([change], by: "SELECT 1"))
                try await transaction.execute("SELECT \(2)::integer WHERE \(Query.changing([other], by: "TRUE"))")
                #expect(told.all.isEmpty)
            }
            #expect(told.all == [change, other])
        }
    }

    @Test("A pipeline that ends with its COMMIT tells before it answers, as lanes commit")
    func pipeline() async throws {
        try await withTestDatabase(.empty) { pool in
            let told = told(by: pool)
            try await pool.withConnection { connection in
                try await connection.pipeline(["BEGIN", .changing([change], by: "SELECT 1")])
                #expect(told.all.isEmpty)
                try await connection.pipeline(["SELECT 2", "COMMIT"])
                #expect(told.all == [change])
            }
        }
    }

    @Test("A connection that broke may have committed, so that is told too")
    func broken() async throws {
        try await withTestDatabase(.empty) { pool in
            let told = told(by: pool)
            await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute(.changing([change], by: "SELECT 1"))
                    try await transaction.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect(told.all == [change])
        }
    }
}

/// What an observer was told.
private final class Told: Sendable {
    private let changes = Mutex<[CommittedChange]>([])

    var all: [CommittedChange] { changes.withLock(\.self) }

    func add(_ more: [CommittedChange]) {
        changes.withLock { $0 += more }
    }
}
