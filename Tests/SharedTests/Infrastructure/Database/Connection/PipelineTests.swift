import Database
import TestSupport
import Testing

@Suite("Pipelines")
struct PipelineTests {
    private func withTable(_ body: @Sendable (PostgresConnection) async throws -> Void) async throws {
        try await TestDatabase.with(.empty) { database in
            try await database.pool.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)")
            try await database.pool.withConnection(body)
        }
    }

    private func count(_ session: some PostgresSession) async throws -> Int? {
        try await session.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int }
    }

    @Test("All statements are answered in their order, with literal transaction verbs among them")
    func answersInOrder() async throws {
        try await withTable { connection in
            for round in 0..<3 {
                let results = try await connection.pipeline([
                    "BEGIN",
                    "INSERT INTO notes VALUES (\(round), \("a"))",
                    "SELECT id FROM notes ORDER BY id",
                    "COMMIT",
                ])
                #expect(results.count == 4)
                #expect(results[1].affectedRows == 1)
                #expect(try results[2].map { try $0["id"] as Int } == Array(0...round))
                #expect(results[3].tag == "COMMIT")
                #expect(connection.transactionStatus == .idle)
            }
        }
    }

    @Test("A statement that fails is named by its place, nothing after it runs, and the connection serves on")
    func failsInTheMiddle() async throws {
        try await withTable { connection in
            let error = await #expect(throws: PostgresPipelineError.self) {
                try await connection.pipeline([
                    "BEGIN",
                    "INSERT INTO notes VALUES (1, 'a')",
                    "INSERT INTO notes VALUES (1, 'b')",
                    "COMMIT",
                ])
            }
            #expect(error?.index == 2)
            #expect(error?.underlying.sqlState == .uniqueViolation)
            #expect(connection.transactionStatus == .inFailedTransaction)
            try await connection.pipeline(["ROLLBACK"])
            let left = try await count(connection)
            #expect(left == 0)
        }
    }

    @Test("A statement that cannot be prepared is named by its place")
    func failsToPrepare() async throws {
        try await withTable { connection in
            let error = await #expect(throws: PostgresPipelineError.self) {
                try await connection.pipeline(["SELECT 1", "SELECT nothing FROM nowhere", "SELECT 2"])
            }
            #expect(error?.index == 1)
            #expect(error?.underlying.sqlState == .undefinedTable)
            let left = try await count(connection)
            #expect(left == 0)
        }
    }

    @Test("Without a transaction around them the statements of a pipeline happen all or not at all")
    func implicitTransaction() async throws {
        try await withTable { connection in
            await #expect(throws: PostgresPipelineError.self) {
                try await connection.pipeline(["INSERT INTO notes VALUES (1, 'a')", "INSERT INTO notes VALUES (1, 'b')"])
            }
            let left = try await count(connection)
            #expect(left == 0)
            try await connection.pipeline(["INSERT INTO notes VALUES (1, 'a')", "INSERT INTO notes VALUES (2, 'b')"])
            let written = try await count(connection)
            #expect(written == 2)
        }
    }

    @Test("A constraint that is checked at the end of an implicit transaction fails the pipeline")
    func deferredConstraint() async throws {
        try await withTable { connection in
            try await connection.execute("ALTER TABLE notes ADD parent BIGINT REFERENCES notes DEFERRABLE INITIALLY DEFERRED")
            let error = await #expect(throws: PostgresPipelineError.self) {
                try await connection.pipeline(["INSERT INTO notes VALUES (1, 'a', 99)"])
            }
            #expect(error?.underlying.sqlState == .foreignKeyViolation)
            let left = try await count(connection)
            #expect(left == 0)
        }
    }

    @Test("COMMIT of a transaction that failed before is an error")
    func commitOfFailed() async throws {
        try await withTable { connection in
            await #expect(throws: PostgresPipelineError.self) { try await connection.pipeline(["BEGIN", "SELECT 1/0"]) }
            let error = await #expect(throws: PostgresPipelineError.self) { try await connection.pipeline(["COMMIT"]) }
            #expect(error?.underlying.code == .transactionRolledBack)
            #expect(connection.transactionStatus == .idle)
        }
    }

    @Test("A pipeline larger than all buffers does not block itself")
    func largePipeline() async throws {
        try await withTable { connection in
            let text = String(repeating: "x", count: 500_000)
            let results = try await connection.pipeline((0..<40).map { "SELECT \(text) AS text, \($0)::bigint AS number" })
            #expect(results.count == 40)
            for (number, rows) in results.enumerated() {
                #expect(try rows[0]["number"] as Int == number)
                #expect((try rows[0]["text"] as String).utf8.count == 500_000)
            }
        }
    }

    @Test("An empty pipeline is answered")
    func emptyPipeline() async throws {
        try await withTable { connection in
            let answers = try await connection.pipeline([])
            #expect(answers.isEmpty)
        }
    }

    @Test("Text with a NUL character is refused and nothing is sent")
    func nulCharacter() async throws {
        try await withTable { connection in
            let error = await #expect(throws: PostgresPipelineError.self) {
                try await connection.pipeline(["INSERT INTO notes VALUES (1, 'a')", "INSERT INTO notes VALUES (2, \("a\0b"))"])
            }
            #expect(error?.underlying.code == .invalidParameter)
            #expect(error?.index == 1)
            let left = try await count(connection)
            #expect(left == 0)
        }
    }

    @Test("A transaction's first statements go out together with BEGIN, and a failure is counted from the first of them")
    func transactionPipeline() async throws {
        try await withTable { connection in
            let rows = try await connection.withTransaction { transaction in
                try await transaction.pipeline(["INSERT INTO notes VALUES (1, 'a')", "SELECT text FROM notes"])
            }
            #expect(try rows[1][0]["text"] as String == "a")
            let error = await #expect(throws: PostgresPipelineError.self) {
                try await connection.withTransaction { transaction in
                    try await transaction.pipeline(["SELECT 1", "SELECT 1/0"])
                }
            }
            #expect(error?.index == 1)
            #expect(connection.transactionStatus == .idle)
        }
    }
}
