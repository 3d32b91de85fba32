import TestSupport
import Testing

@testable import Database

@Suite("Connections")
struct ConnectionTests {
    private func connect(
        _ database: TestDatabase,
        adjust: (inout PostgresConnectionConfiguration) -> Void = { _ in }
    ) async throws -> PostgresConnection {
        var configuration = PostgresPoolConfiguration.patient(database.url).connection
        adjust(&configuration)
        return try await PostgresConnection.connect(to: configuration)
    }

    @Test("A session has its limits")
    func limits() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database) {
                $0.statementTimeout = .milliseconds(1234)
                $0.lockTimeout = .milliseconds(567)
            }
            let settings = try await connection.row(
                "SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock"
            ) { (try $0["statement"] as String, try $0["lock"] as String) }
            #expect(settings?.0 == "1234ms")
            #expect(settings?.1 == "567ms")
        }
    }

    @Test("Connecting has a limit, whatever the connection string says", arguments: ["", "0", "-1", "7"])
    func connectTimeout(said: String) throws {
        for (url, separator) in [("postgresql://a/b", "?"), ("host=a", " ")] {
            let url = said.isEmpty ? url : "\(url)\(separator)connect_timeout=\(said)"
            let limits = try PostgresConnectionConfiguration(url: url).keywords().filter { $0.name == "connect_timeout" }.map(\.value)
            #expect(limits == [said == "7" ? "7" : "3"], "\(url)")
        }
    }

    @Test("Whether a connection goes by TLS is what the connection string says, in both of its forms")
    func transportSecurity() async throws {
        try await TestDatabase.with(.empty) { database in
            let separator = database.url.contains("?") ? "&" : "?"
            func url(_ mode: String) -> String { "\(database.url)\(separator)sslmode=\(mode)" }
            let keywords = try PostgresConnectionConfiguration(url: url("verify-full") + "&sslrootcert=/tmp/ca.pem").keywords()
            #expect(keywords.contains { $0.name == "sslmode" && $0.value == "verify-full" })
            #expect(keywords.contains { $0.name == "sslrootcert" && $0.value == "/tmp/ca.pem" })
            let other = try PostgresConnectionConfiguration(url: "host=a sslmode=require").keywords()
            #expect(other.contains { $0.name == "sslmode" && $0.value == "require" })
            // The test's server has no certificate: who must have TLS isn't connected without.
            try await connect(database) { $0.url = url("disable") }.close()
            for mode in ["require", "verify-ca", "verify-full"] {
                let error = await #expect(throws: PostgresError.self) { try await connect(database) { $0.url = url(mode) } }
                #expect(error?.code == .connectionFailed && error?.message.contains("SSL") == true, "\(mode): \(error?.message ?? "")")
            }
        }
    }

    @Test("A statement that runs too long is ended by the server, and is not told as a cancellation")
    func statementTimeout() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database) { $0.statementTimeout = .milliseconds(100) }
            let error = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT pg_sleep(5)") }
            #expect(error?.code == .server)
            #expect(error?.sqlState == .queryCanceled)
            try await connection.execute("SELECT 1")
        }
    }

    @Test("A connection keeps no more statements prepared than it may")
    func boundedStatements() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database) { $0.statementCacheSize = 4 }
            for number in 0..<20 { try await connection.execute("SELECT \(unsafeSQL: "\(number)")") }
            try await connection.execute("SELECT 1")
            let prepared = try await connection.row("SELECT count(*) AS count FROM pg_prepared_statements") { try $0["count"] as Int }
            #expect(try #require(prepared) <= 6)
        }
    }

    @Test("A repeated statement is prepared once")
    func preparedOnce() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database)
            for number in 0..<5 { try await connection.execute("SELECT \(number)::bigint") }
            let count = await connection.preparedStatementCount
            #expect(count == 1)
        }
    }

    @Test("A table that changes under a prepared statement is no error")
    func changedTable() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database)
            try await connection.execute("CREATE TABLE notes (id BIGINT)")
            try await connection.execute("INSERT INTO notes VALUES (1)")
            let before = try await connection.rows("SELECT * FROM notes").columns
            #expect(before == ["id"])
            try await connection.execute("ALTER TABLE notes ADD text TEXT NOT NULL DEFAULT 'x'")
            let after = try await connection.rows("SELECT * FROM notes").columns
            #expect(after == ["id", "text"])
        }
    }

    @Test("A table that changes under prepared statements of a pipeline is no error either, unless a transaction begins or ends with one")
    func changedTableOfPipeline() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database)
            try await connection.execute("CREATE TABLE notes (id BIGINT)")
            let reads: [Query] = ["SELECT 1 AS one", "SELECT * FROM notes", "SELECT * FROM notes ORDER BY id"]
            try await connection.pipeline(reads)
            try await connection.execute("ALTER TABLE notes ADD text TEXT")
            let after = try await connection.pipeline(reads).map(\.columns)
            #expect(after == [["one"], ["id", "text"], ["id", "text"]])
            try await connection.execute("ALTER TABLE notes ADD place BIGINT")
            let transaction: [Query] = ["BEGIN", "SELECT * FROM notes", "COMMIT"]
            let error = await #expect(throws: PostgresPipelineError.self) { try await connection.pipeline(transaction) }
            #expect(error?.index == 1)
            #expect(error?.underlying.isStalePlan == true)
            #expect(connection.transactionStatus == .inFailedTransaction)
            await connection.rollBack()
            let columns = try await connection.pipeline(transaction)[1].columns
            #expect(columns == ["id", "text", "place"])
            await connection.close()
        }
    }

    @Test("Statements that the server has dropped are prepared anew")
    func droppedStatements() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database)
            let queries: [Query] = ["SELECT 1::bigint AS one", "SELECT 2::bigint AS two"]
            try await connection.pipeline(queries)
            try await connection.runScript("DEALLOCATE ALL")
            let answers = try await connection.pipeline(queries).map(\.columns)
            #expect(answers == [["one"], ["two"]])
            try await connection.runScript("DEALLOCATE ALL")
            let answer = try await connection.rows(queries[0]).columns
            #expect(answer == ["one"])
            await connection.close()
        }
    }

    @Test("For a pooler nothing is prepared and the limits are set in each transaction")
    func withoutPreparedStatements() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database) {
                $0.preparedStatements = false
                $0.lockTimeout = .milliseconds(321)
            }
            let inside = try await connection.withTransaction { transaction in
                try await transaction.row("SELECT current_setting('lock_timeout') AS lock, \(1)::bigint AS one") {
                    try $0["lock"] as String
                }
            }
            #expect(inside == "321ms")
            let outside = try await connection.row(
                "SELECT current_setting('lock_timeout') AS lock, (SELECT count(*) FROM pg_prepared_statements) AS prepared"
            ) { (try $0["lock"] as String, try $0["prepared"] as Int) }
            #expect(outside?.0 != "321ms")
            #expect(outside?.1 == 0)
        }
    }

    @Test("A transaction that is sent whole has its limits too, prepared statements or not", arguments: [true, false])
    func wholeTransactions(preparedStatements: Bool) async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database) {
                $0.preparedStatements = preparedStatements
                $0.lockTimeout = .milliseconds(321)
                $0.statementTimeout = .milliseconds(4321)
            }
            let limits: Query =
                "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement"
            let beginning = connection.beginning(lockTimeout: .milliseconds(123))
            let results = try await connection.pipeline(beginning + [limits, "COMMIT"])
            let inside = try #require(results[beginning.count].first)
            #expect(try inside["lock"] as String == "123ms")
            #expect(try inside["statement"] as String == "4321ms")
            #expect(try await connection.row(limits) { try $0["lock"] as String } != "123ms")
        }
    }

    @Test("Plans are kept where that is wished for, and otherwise as the server likes", arguments: [true, false])
    func keptPlans(keepsPlans: Bool) async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database) { $0.keepsPlans = keepsPlans }
            let mode = try await connection.row("SELECT current_setting('plan_cache_mode') AS mode") { try $0["mode"] as String }
            #expect(mode == (keepsPlans ? "force_generic_plan" : "auto"))
        }
    }

    @Test("A query by a kept plan is planned once for all lists of values; without, PostgreSQL plans short ones anew each time")
    func keptPlanOfAQuery() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database)
            try await connection.execute("CREATE TABLE seats (id BIGINT PRIMARY KEY)")
            for id in 0..<20 {
                let ids = [Int64(id)]
                _ = try await connection.rowsByKeptPlan("SELECT id FROM seats WHERE id = ANY (\(ids)::bigint[])")
                _ = try await connection.rows("SELECT id FROM seats WHERE id = ANY (\(ids)::bigint[]) -- anew")
            }
            let kept = try await plans(of: "%::bigint[])", on: connection)
            #expect(kept == Plans(general: 20, ofValues: 0))
            let anew = try await plans(of: "%-- anew", on: connection)
            #expect(anew == Plans(general: 0, ofValues: 20))
            await connection.close()
        }
    }

    private struct Plans: Equatable {
        let general, ofValues: Int
    }

    private func plans(of statement: String, on connection: PostgresConnection) async throws -> Plans? {
        try await connection.row(
            """
            SELECT generic_plans, custom_plans
            FROM pg_prepared_statements
            WHERE statement LIKE \(statement)
            """
        ) { Plans(general: try $0["generic_plans"], ofValues: try $0["custom_plans"]) }
    }

    @Test("A closed connection refuses")
    func closed() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database)
            await connection.close()
            let error = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
            #expect(error?.code == .closed)
        }
    }

    @Test("Nobody answers: connecting fails and says why to the log only")
    func unreachable() async {
        let configuration = PostgresConnectionConfiguration(url: "postgresql://secret@127.0.0.1:1/nowhere")
        let error = await #expect(throws: PostgresError.self) { _ = try await PostgresConnection.connect(to: configuration) }
        #expect(error?.code == .connectionFailed)
        #expect(error.map { "\($0)".contains("127.0.0.1") } == false)
        #expect(error.map { String(reflecting: $0).contains("127.0.0.1") } == true)
    }

    @Test("Of several hosts the first that answers is taken")
    func severalHosts() async throws {
        try await TestDatabase.with(.empty) { database in
            let url = database.url.replacing("@", with: "@127.0.0.1:1,")
            let connection = try await PostgresConnection.connect(to: PostgresPoolConfiguration.patient(url).connection)
            try await connection.execute("SELECT 1")
        }
    }

    @Test("A string that is no connection string is refused")
    func malformed() async {
        let configuration = PostgresConnectionConfiguration(url: "postgresql://a:b:c@x/y?z=1")
        let error = await #expect(throws: PostgresError.self) { _ = try await PostgresConnection.connect(to: configuration) }
        #expect(error?.code == .connectionFailed)
    }

    @Test("COPY is refused, and costs the connection")
    func copy() async throws {
        try await TestDatabase.with(.empty) { database in
            let connection = try await connect(database)
            let error = await #expect(throws: PostgresError.self) { try await connection.execute("COPY (SELECT 1) TO STDOUT") }
            #expect(error?.code != .server)
            #expect(connection.transactionStatus == .unknown)
        }
    }
}
