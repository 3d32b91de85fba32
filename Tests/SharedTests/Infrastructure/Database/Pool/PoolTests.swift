import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import TestSupport
import Testing

@testable import Database

@Suite("The pool")
struct PoolTests {
    @Test("Two hundred tasks share two connections")
    func shares() async throws {
        try await TestDatabase.with(.empty, connections: 2) { database in
            let pool = database.pool
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask { try await pool.row("SELECT \(number)::bigint AS number") { try $0["number"] as Int } ?? 0 }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 199 * 100)
            #expect(pool.connectionCount <= 2)
        }
    }

    private func waiters(_ pool: PostgresPool) -> Int { pool.contents.withLock { $0.state.waiterCount } }

    @Test("A caller that comes when too many wait is refused at once")
    func tooMany() async throws {
        try await TestDatabase.with(.empty, connections: 1, adjust: { $0.maximumWaiters = 1 }) { database in
            let pool = database.pool
            let first = try await pool.withConnection { _ in
                let first = Task { try await pool.execute("SELECT 1") }
                try await until { waiters(pool) == 1 }
                let second = await #expect(throws: PostgresError.self) { try await pool.execute("SELECT 1") }
                #expect(second?.code == .poolExhausted)
                return first
            }
            _ = try await first.value
        }
    }

    @Test("A caller that waits too long gets an error that says so")
    func tooLong() async throws {
        try await TestDatabase.with(.empty, connections: 1) { database in
            var configuration = database.pool.configuration
            configuration.leaseTimeout = .milliseconds(50)
            let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test"))
            // Making the one connection may take longer.
            try await askingAgain {
                try await pool.withConnection { _ in
                    let late = await #expect(throws: PostgresError.self) { try await pool.execute("SELECT 1") }
                    #expect(late?.code == .leaseTimedOut)
                }
            }
            await pool.close()
        }
    }

    @Test("A task that is cancelled while it waits leaves the line")
    func cancelledWaiter() async throws {
        try await TestDatabase.with(.empty, connections: 1) { database in
            let pool = database.pool
            try await pool.withConnection { _ in
                let waiter = Task { try await pool.execute("SELECT 1") }
                try await until { waiters(pool) == 1 }
                waiter.cancel()
                let error = await #expect(throws: PostgresError.self) { try await waiter.value }
                #expect(error?.code == .cancelled)
            }
        }
    }

    @Test("When the server cannot be reached, that is what one who waits is told")
    func unreachable() async throws {
        let configuration = PostgresPoolConfiguration(url: "postgresql://127.0.0.1:1/nowhere", leaseTimeout: .milliseconds(50))
        let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await until {
            let error = await #expect(throws: PostgresError.self) { try await pool.execute("SELECT 1") }
            // Before the first attempt has failed, nobody knows more than that it takes long.
            return error?.code == .connectionFailed
        }
        await pool.close()
    }

    @Test("A transaction that a closure leaves open is rolled back before anybody else gets the connection")
    func openTransaction() async throws {
        try await TestDatabase.with(.empty, connections: 1) { database in
            let pool = database.pool
            try await pool.execute("CREATE TABLE notes (id BIGINT)")
            try await pool.withConnection { connection in
                try await connection.pipeline(["BEGIN", "INSERT INTO notes VALUES (1)"])
            }
            let count = try await pool.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int }
            #expect(count == 0)
        }
    }

    @Test("Shutting down lets a transaction that runs finish and refuses new ones")
    func shutsDown() async throws {
        try await TestDatabase.with(.empty, adjust: { $0.minimumConnections = 2 }) { database in
            let pool = database.pool
            try await pool.execute("CREATE TABLE notes (id BIGINT)")
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await pool.run() }
                    let (hasBegun, letGo) = (Gate(), Gate())
                    group.addTask {
                        try await pool.withTransaction { transaction in
                            try await transaction.execute("INSERT INTO notes VALUES (1)")
                            hasBegun.open()
                            await letGo.wait()
                            try await transaction.execute("INSERT INTO notes VALUES (2)")
                        }
                    }
                    await hasBegun.wait()
                    trigger.triggerGracefulShutdown()
                    try await until { pool.contents.withLock { $0.state.isClosed } }
                    letGo.open()
                    try await group.waitForAll()
                }
            }
            #expect(pool.connectionCount == 0)
            let error = await #expect(throws: PostgresError.self) { try await pool.execute("SELECT 1") }
            #expect(error?.code == .closed)
            let connection = try await PostgresConnection.connect(to: PostgresPoolConfiguration.patient(database.url).connection)
            let count = try await connection.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int }
            #expect(count == 2)
        }
    }

    @Test("A pool that runs keeps its minimum open")
    func minimum() async throws {
        try await TestDatabase.with(.empty, adjust: { $0.minimumConnections = 2 }) { database in
            let pool = database.pool
            let run = Task { try await pool.run() }
            try await until { pool.connectionCount == 2 }
            run.cancel()
            try await run.value
            #expect(pool.connectionCount == 0)
        }
    }
}
