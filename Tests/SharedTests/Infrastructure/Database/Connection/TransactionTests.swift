import Database
import TestSupport
import Testing

@Suite("Transactions")
struct TransactionTests {
    private struct Mishap: Error, Equatable {}

    private func withTable(_ body: (PostgresPool) async throws -> Void) async throws {
        try await withTestDatabase(.empty) { pool in
            try await pool.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)")
            try await body(pool)
        }
    }

    private func count(_ session: some PostgresSession) async throws -> Int? {
        try await session.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int }
    }

    @Test("Rows that a transaction wrote are there after its closure has returned")
    func commits() async throws {
        try await withTable { pool in
            let affected = try await pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO notes VALUES (\(1), \("a")), (\(2), \("b"))")
            }
            #expect(affected == 2)
            let written = try await count(pool)
            #expect(written == 2)
        }
    }

    @Test("Nothing is left of a transaction whose closure threw, and its connection serves on")
    func rollsBack() async throws {
        try await withTable { pool in
            await #expect(throws: Mishap()) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1, 'a')")
                    throw Mishap()
                }
            }
            let left = try await count(pool)
            #expect(left == 0)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test("A transaction without statements costs nothing and succeeds")
    func emptyTransaction() async throws {
        try await withTable { pool in
            let result = try await pool.withTransaction { _ in 7 }
            #expect(result == 7)
        }
    }

    @Test("A swallowed error does not pass for a commit")
    func swallowedError() async throws {
        try await withTable { pool in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("INSERT INTO notes VALUES (1, 'a')")
                    _ = try? await transaction.execute("INSERT INTO notes VALUES (1, 'again')")
                }
            }
            #expect(error?.code == .transactionRolledBack)
            let left = try await count(pool)
            #expect(left == 0)
        }
    }

    @Test("The last statements commit with the transaction, be they the first, too, and nothing can be run after them")
    func commitsWithStatements() async throws {
        try await withTable { pool in
            for id in [1, 2] {
                let error = await #expect(throws: PostgresError.self) {
                    try await pool.withTransaction { transaction in
                        if id == 1 { try await transaction.execute("INSERT INTO notes VALUES (10, 'a')") }
                        let results = try await transaction.commit(after: [
                            "INSERT INTO notes VALUES (\(id), 'b') RETURNING id", "SELECT count(*) AS count FROM notes",
                        ])
                        let inserted: [Int] = try results[0].map { try $0["id"] }
                        let counted: [Int] = try results[1].map { try $0["count"] }
                        #expect(inserted == [id] && counted == [id + 1] && results.count == 2)
                        try await transaction.execute("DELETE FROM notes")
                    }
                }
                #expect(error?.code == .closed)
            }
            let written = try await count(pool)
            #expect(written == 3)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test("When one of the last statements fails nothing is left, and the connection serves on", arguments: [true, false])
    func lastStatementFails(isFirst: Bool) async throws {
        try await withTable { pool in
            try await pool.execute("INSERT INTO notes VALUES (1, 'a')")
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    if !isFirst { try await transaction.execute("INSERT INTO notes VALUES (2, 'b')") }
                    try await transaction.commit(after: ["INSERT INTO notes VALUES (3, 'c')", "INSERT INTO notes VALUES (1, 'again')"])
                }
            }
            #expect(error?.sqlState == .uniqueViolation)
            let left = try await count(pool)
            #expect(left == 1)
            #expect(pool.connectionCount == 1)
        }
    }

    @Test("A transaction that escaped its closure is refused")
    func escapedTransaction() async throws {
        try await withTable { pool in
            let escaped = try await pool.withTransaction { transaction in
                try await transaction.execute("INSERT INTO notes VALUES (1, 'a')")
                return transaction
            }
            let error = await #expect(throws: PostgresError.self) { try await escaped.execute("DELETE FROM notes") }
            #expect(error?.code == .closed)
            let left = try await count(pool)
            #expect(left == 1)
        }
    }

    @Test("A violated constraint is named")
    func violation() async throws {
        try await withTable { pool in
            try await pool.execute("INSERT INTO notes VALUES (1, 'a')")
            let error = await #expect(throws: PostgresError.self) { try await pool.execute("INSERT INTO notes VALUES (1, 'secret')") }
            #expect(error?.code == .server)
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.constraintName == "notes_pkey")
            #expect(error?.tableName == "notes")
            #expect(error.map { "\($0)" }?.contains("notes") == false)
            #expect(error.map { String(reflecting: $0) }?.contains("notes_pkey") == true)
        }
    }

    @Test("Two transactions in a deadlock both succeed, one of them at its second attempt")
    func deadlock() async throws {
        try await withTable { pool in
            try await pool.execute("INSERT INTO notes VALUES (1, ''), (2, '')")
            let bothHaveBegun = Meeting(of: 2)
            @Sendable func append(_ letter: String, first: Int, second: Int) async throws {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("UPDATE notes SET text = text || \(letter) WHERE id = \(first)")
                    await bothHaveBegun.arrive()
                    try await transaction.execute("UPDATE notes SET text = text || \(letter) WHERE id = \(second)")
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await append("a", first: 1, second: 2) }
                group.addTask { try await append("b", first: 2, second: 1) }
                try await group.waitForAll()
            }
            let lengths = try await pool.rows("SELECT length(text) AS length FROM notes") { try $0["length"] as Int }
            #expect(lengths == [2, 2])
        }
    }

    @Test("A transaction that always loses is tried four times and no more")
    func endlessLoss() async throws {
        try await withTable { pool in
            let attempts = Counter()
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withTransaction { transaction in
                    await attempts.increment()
                    try await transaction.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
                }
            }
            #expect(error?.sqlState == .serializationFailure)
            #expect(await attempts.count == 4)
        }
    }

    @Test("Serializable transactions see each other's traces")
    func serializable() async throws {
        try await withTable { pool in
            let level = try await pool.withTransaction(isolation: .serializable) { transaction in
                try await transaction.row("SELECT current_setting('transaction_isolation') AS level") { try $0["level"] as String }
            }
            #expect(level == "serializable")
        }
    }
}

/// Counts what happens in closures that run beside each other.
actor Counter {
    private(set) var count = 0

    func increment() { count += 1 }
}
