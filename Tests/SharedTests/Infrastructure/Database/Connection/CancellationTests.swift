import Synchronization
import TestSupport
import Testing

@testable import Database

@Suite("Cancellation")
struct CancellationTests {
    @Test("A cancelled task ends the statement that it waits for, and the connection serves on")
    func cancelsStatement() async throws {
        try await TestDatabase.with(.empty) { database in
            try await database.pool.withConnection { connection in
                let sleeper = Task { try await connection.execute("SELECT pg_sleep(600)") }
                try await waitForStatement("SELECT pg_sleep", in: database.pool)
                sleeper.cancel()
                let error = await #expect(throws: PostgresError.self) { try await sleeper.value }
                #expect(error?.code == .cancelled)
                try await connection.execute("SELECT 1")
            }
        }
    }

    @Test("A task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        try await TestDatabase.with(.empty) { database in
            try await database.pool.execute("CREATE TABLE notes (id BIGINT)")
            let task = Task {
                try? await hang()
                try await database.pool.execute("INSERT INTO notes VALUES (1)")
            }
            task.cancel()
            let error = await #expect(throws: PostgresError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            let count = try await database.pool.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int }
            #expect(count == 0)
        }
    }

    @Test("A cancellation at any moment never hits the statement that comes next")
    func neverHitsTheNext() async throws {
        try await TestDatabase.with(.empty) { database in
            try await database.pool.withConnection { connection in
                for round in 0..<300 {
                    let query: Query = "SELECT pg_sleep(\(Double(round % 7) / 2000))"
                    let victim = Task { try? await connection.execute(query) }
                    try await letPass(.microseconds(Int.random(in: 0...3000)))
                    victim.cancel()
                    // Queued behind the victim on the same connection.
                    let number = try await connection.row("SELECT \(round)::bigint AS number") { try $0["number"] as Int }
                    #expect(number == round)
                    _ = await victim.value
                }
            }
        }
    }

    @Test("A cancelled transaction is rolled back and its connection serves on")
    func cancelledTransaction() async throws {
        try await TestDatabase.with(.empty, connections: 1) { database in
            let pool = database.pool
            try await pool.execute("CREATE TABLE notes (id BIGINT)")
            let task = Task {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1)")
                    try await transaction.execute("SELECT pg_sleep(600)")
                }
            }
            let onlooker = try await PostgresConnection.connect(to: PostgresConnectionConfiguration(url: database.url))
            try await waitForStatement("SELECT pg_sleep", in: onlooker)
            await onlooker.close()
            task.cancel()
            await #expect(throws: PostgresError.self) { try await task.value }
            let count = try await pool.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int }
            #expect(count == 0)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test("The gate sends nothing before a turn and nothing after it")
    func gate() {
        let sent = Mutex(0)
        let gate = CancellationGate(patience: Patience.limit) { sent.withLock { $0 += 1 } }
        gate.cancel(turn: 0)
        let first = gate.begin()
        #expect(gate.end() == .undisturbed)
        gate.cancel(turn: first)
        let second = gate.begin()
        gate.cancel(turn: first)
        #expect(sent.withLock { $0 } == 0)
        gate.cancel(turn: second)
        gate.cancel(turn: second)
        // Ends only when what is on its way has arrived.
        #expect(gate.end() == .cancelled)
        #expect(sent.withLock { $0 } >= 1)
    }
}
