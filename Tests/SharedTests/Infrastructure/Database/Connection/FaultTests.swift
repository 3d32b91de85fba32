import Database
import Foundation
import Logging
import TestSupport
import Testing

@Suite("Faults")
struct FaultTests {
    private func withTable(connections: Int = 2, _ body: (TestDatabase) async throws -> Void) async throws {
        try await TestDatabase.with(.empty, connections: connections) { database in
            try await database.pool.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY)")
            try await body(database)
        }
    }

    private func count(_ session: some PostgresSession) async throws -> Int? {
        try await session.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int }
    }

    /// Ends the server's processes of a database, except the one that does it.
    private func killConnections(of database: TestDatabase) async throws {
        let killer = try await PostgresConnection.connect(to: PostgresConnectionConfiguration(url: database.url))
        try await killer.execute(
            """
            SELECT pg_terminate_backend(pid, 5000)
            FROM pg_stat_activity
            WHERE datname = current_database()
              AND pid <> pg_backend_pid()
            """
        )
        await killer.close()
    }

    /// How many there are besides the one that looks.
    private func connections(to database: TestDatabase) async throws -> Int {
        let onlooker = try await PostgresConnection.connect(to: PostgresConnectionConfiguration(url: database.url))
        let count = try await onlooker.row(
            "SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ) { try $0["count"] as Int }
        await onlooker.close()
        return count ?? 0
    }

    @Test("A connection that the server ended while it was idle is replaced unnoticed")
    func idleConnectionKilled() async throws {
        try await withTable { database in
            for _ in 0..<3 {
                try await killConnections(of: database)
                try await database.pool.execute("INSERT INTO notes SELECT count(*) FROM notes")
                try await killConnections(of: database)
                try await database.pool.withTransaction { try await $0.execute("SELECT 1") }
                try await killConnections(of: database)
                try await database.pool.withConnection { try await $0.execute("SELECT 1") }
            }
            let written = try await count(database.pool)
            #expect(written == 3)
        }
    }

    @Test("A connection that is lost in a transaction is an error, nothing is committed, and the pool serves on")
    func killedInTransaction() async throws {
        try await withTable { database in
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1)")
                    try await killConnections(of: database)
                    try await transaction.execute("INSERT INTO notes VALUES (2)")
                }
            }
            #expect(error?.code == .connectionLost)
            let written = try await count(database.pool)
            #expect(written == 0)
        }
    }

    @Test("A connection that is lost while a statement runs is an error")
    func killedWhileRunning() async throws {
        try await withTable { database in
            let pool = database.pool
            let sleeper = Task { try await pool.execute("SELECT pg_sleep(600)") }
            try await waitForStatement("SELECT pg_sleep", in: pool)
            try await killConnections(of: database)
            let error = await #expect(throws: PostgresError.self) { try await sleeper.value }
            #expect(error?.code == .connectionLost)
            #expect(error?.sqlState == .adminShutdown)
            try await pool.execute("SELECT 1")
        }
    }

    @Test("A transaction that idles too long loses its connection, which is known not to have committed")
    func idleInTransaction() async throws {
        func adjust(_ configuration: inout PostgresPoolConfiguration) {
            configuration.connection.idleInTransactionTimeout = .milliseconds(100)
        }
        try await TestDatabase.with(.empty, connections: 1, adjust: adjust) { database in
            try await database.pool.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY)")
            let error = await #expect(throws: PostgresError.self) {
                try await database.pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1)")
                    try await until { try await connections(to: database) == 0 }
                }
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.sqlState == .idleInTransactionTimeout)
            let written = try await count(database.pool)
            #expect(written == 0)
        }
    }

    @Test(
        "A lost COMMIT is told as unknown, whether it happened or not, and is not tried again",
        arguments: [
            (CuttingProxy.Cut.afterCommit, 1), (.beforeCommit, 0),
        ])
    func lostCommit(cut: CuttingProxy.Cut, expected: Int) async throws {
        try await withTable { database in
            let port = try #require(URLComponents(string: database.url)?.port)
            try await CuttingProxy.with(cut, serverPort: port) { proxyPort in
                let url = database.url.replacing(":\(port)/", with: ":\(proxyPort)/")
                let configuration = PostgresPoolConfiguration.patient(url, connections: 1)
                let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test"))
                let runs = Counter()
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.withTransaction { transaction in
                        await runs.increment()
                        try await transaction.execute("INSERT INTO notes VALUES (1)")
                    }
                }
                #expect(error?.code == .commitOutcomeUnknown)
                let count = await runs.count
                #expect(count == 1)
                await pool.close()
            }
            let written = try await count(database.pool)
            #expect(written == expected)
        }
    }

    @Test(
        "A pipeline that is cut at its COMMIT is told as unknown",
        arguments: [
            (CuttingProxy.Cut.afterCommit, 1), (.beforeCommit, 0),
        ])
    func lostCommitInPipeline(cut: CuttingProxy.Cut, expected: Int) async throws {
        try await withTable { database in
            let port = try #require(URLComponents(string: database.url)?.port)
            try await CuttingProxy.with(cut, serverPort: port) { proxyPort in
                let url = database.url.replacing(":\(port)/", with: ":\(proxyPort)/")
                let connection = try await PostgresConnection.connect(to: PostgresConnectionConfiguration(url: url))
                let error = await #expect(throws: PostgresPipelineError.self) {
                    try await connection.pipeline(["BEGIN", "INSERT INTO notes VALUES (1)", "COMMIT"])
                }
                #expect(error?.underlying.code == .commitOutcomeUnknown)
                #expect(connection.transactionStatus == .unknown)
            }
            let written = try await count(database.pool)
            #expect(written == expected)
        }
    }

    /// The server means what it says, but a pooler in between speaks so too when it has lost the server, whatever had become of the COMMIT.
    @Test("A pipeline whose connection is ended by a fatal message before its COMMIT was answered is told as unknown")
    func fatalMessageInPipeline() async throws {
        try await withTable { database in
            let connection = try await PostgresConnection.connect(to: PostgresConnectionConfiguration(url: database.url))
            let error = await #expect(throws: PostgresPipelineError.self) {
                try await connection.pipeline([
                    "BEGIN", "INSERT INTO notes VALUES (1)", "SELECT pg_terminate_backend(pg_backend_pid())", "COMMIT",
                ])
            }
            #expect(error?.underlying.code == .commitOutcomeUnknown)
            #expect(error?.underlying.sqlState == .adminShutdown)
            #expect(connection.transactionStatus == .unknown)
            let written = try await count(database.pool)
            #expect(written == 0)
        }
    }

    @Test(
        "A write outside of a transaction that is cut off is told as unknown, a read as lost",
        arguments: [
            ("INSERT INTO notes /* COMMIT */ VALUES (1)", PostgresError.Code.commitOutcomeUnknown),
            ("SELECT 1 /* COMMIT */", .connectionLost),
        ])
    func lostStatement(sql: String, code: PostgresError.Code) async throws {
        try await withTable { database in
            let port = try #require(URLComponents(string: database.url)?.port)
            try await CuttingProxy.with(.afterCommit, serverPort: port) { proxyPort in
                let url = database.url.replacing(":\(port)/", with: ":\(proxyPort)/")
                let connection = try await PostgresConnection.connect(to: PostgresConnectionConfiguration(url: url))
                let error = await #expect(throws: PostgresError.self) { try await connection.execute(Query(unsafeSQL: sql)) }
                #expect(error?.code == code)
            }
        }
    }
}
