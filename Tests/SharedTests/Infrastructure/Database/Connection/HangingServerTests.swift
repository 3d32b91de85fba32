import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Database

@Suite("A server that hangs", .inTurn)
struct HangingServerTests {
    /// A connection through a proxy, whose statements have no limit of time.
    private static func with(
        _ body: (_ connection: PostgresConnection, _ proxy: HangingProxy, _ database: TestDatabase) async throws -> Void
    ) async throws {
        try await TestDatabase.with(.empty) { database in
            var components = try #require(URLComponents(string: database.url))
            try await HangingProxy.with(serverPort: try #require(components.port)) { proxy, port in
                components.port = port
                var configuration = PostgresConnectionConfiguration(url: try #require(components.string))
                configuration.statementTimeout = nil
                configuration.idleInTransactionTimeout = nil
                let connection = try await PostgresConnection.connect(to: configuration)
                try await body(connection, proxy, database)
                proxy.goOn()
                await connection.close()
            }
        }
    }

    /// Waits until the connection's server process runs a statement.
    private static func runs(_ number: Int, in database: TestDatabase) async throws {
        try await until {
            let query: Query = "SELECT state = 'active' AS is_active FROM pg_stat_activity WHERE pid = \(Int64(number))"
            return try await database.pool.row(query) { try $0["is_active"] as Bool } ?? false
        }
    }

    @Test("A statement that is cancelled then ends, though nobody takes the cancellation, and its connection isn't used again")
    func cancelled() async throws {
        try await Self.with { connection, proxy, database in
            let number = await connection.serverProcessID
            let sleeper = Task { try await connection.execute("SELECT pg_sleep(3600)") }
            try await Self.runs(number, in: database)
            proxy.hang()
            sleeper.cancel()
            let error = await #expect(throws: PostgresError.self) { try await sleeper.value }
            #expect(error?.code == .connectionLost)
            let next = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
            #expect(next?.code == .closed)
        }
    }

    @Test("A transaction that is given up then isn't waited for")
    func rolledBack() async throws {
        struct GivenUp: Error {}
        try await Self.with { connection, proxy, _ in
            await #expect(throws: GivenUp.self) {
                try await connection.withTransaction { transaction in
                    try await transaction.execute("SELECT 1")
                    proxy.hang()
                    throw GivenUp()
                }
            }
            #expect(connection.transactionStatus == .unknown)
        }
    }

    @Test("A turn whose cancellation never arrives ends uncertain")
    func uncertain() {
        let letGo = DispatchSemaphore(value: 0)
        let gate = CancellationGate(patience: .milliseconds(1)) { letGo.wait() }
        gate.cancel(turn: gate.begin())
        #expect(gate.end() == .uncertain)
        letGo.signal()
    }

    @Test("Calls that block for ever take so many threads and no more")
    func threads() {
        let letGo = DispatchSemaphore(value: 0)
        let threads = BlockingThreads(limit: 2)
        #expect(threads.run { letGo.wait() })
        #expect(threads.run { letGo.wait() })
        #expect(!threads.run { letGo.wait() })
        letGo.signal()
        letGo.signal()
    }
}
