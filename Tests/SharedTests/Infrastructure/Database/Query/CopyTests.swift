import Foundation
import TestSupport
import Testing
import Text

@testable import Database

@Suite("COPY")
struct CopyTests {
    private static let table: Query = """
        CREATE TABLE notes (
            id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            text   TEXT NOT NULL,
            words  TEXT[],
            parts  BIGINT[],
            at     TIMESTAMPTZ,
            day    DATE,
            key    UUID,
            ratio  DOUBLE PRECISION,
            is_new BOOLEAN,
            bytes  BYTEA
        )
        """

    @Test("Values arrive as they were, whatever they hold")
    func values() async throws {
        try await Self.withTable { pool in
            let texts = [
                "", "plain", "\\N", "\\", "\\.", "a\tb", "line\nline\r\n", "\\t\\n", "票房", "\u{1F3AC}", "\"quoted\", {braces}", " ", "NULL",
                String(repeating: "\\\t", count: 5_000),
            ]
            let at = Date(timeIntervalSince1970: 1_764_500_000.123456)
            let day = try #require(CalendarDay("2026-11-30"))
            let key = UUID()
            var rows = CopyRows(
                into: "notes", columns: ["id", "text", "words", "parts", "at", "day", "key", "ratio", "is_new", "bytes"])
            for (place, text) in texts.enumerated() {
                rows.add(place + 1, text, texts, [Int64.min, 0, .max], at, day, key, 0.1, true, [0, 9, 10, 13, 92, 255] as [UInt8])
            }
            rows.add(
                texts.count + 1, "of nothing", [] as [String], nil as [Int64]?, nil as Date?, nil as CalendarDay?, nil as UUID?,
                nil as Double?, nil as Bool?, nil as [UInt8]?)
            let batch = rows
            let copied = try await pool.withTransaction { try await $0.copy(batch) }
            #expect(copied == texts.count + 1)
            let read = try await pool.rows(
                "SELECT text, words, parts, at, day, key, ratio, is_new, bytes FROM notes ORDER BY id LIMIT \(texts.count)"
            ) { row in
                #expect(try row["words"] as [String] == texts)
                #expect(try row["parts"] as [Int64] == [.min, 0, .max])
                #expect(abs(try (row["at"] as Date).timeIntervalSince(at)) < 0.000_002)
                #expect(try row["day"] as CalendarDay == day && row["key"] as UUID == key && row["ratio"] as Double == 0.1)
                #expect(try row["is_new"] as Bool && row["bytes"] as [UInt8] == [0, 9, 10, 13, 92, 255])
                return try row["text"] as String
            }
            #expect(read == texts)
            let nothing = try await pool.row(
                "SELECT num_nulls(parts, at, day, key, ratio, is_new, bytes) AS count, words FROM notes WHERE text = 'of nothing'"
            ) {
                (try $0["count"] as Int, try $0["words"] as [String])
            }
            #expect(nothing?.0 == 7 && nothing?.1 == [])
        }
    }

    @Test("More than any buffer holds goes through, and nobody sees it before the COMMIT")
    func many() async throws {
        try await Self.withTable { pool in
            var rows = CopyRows(into: "notes", columns: ["text"])
            let text = String(repeating: "0123456789", count: 100)
            #expect(!rows.isFull && rows.isEmpty)
            for _ in 0..<9_000 { rows.add(text) }
            #expect(rows.isFull && rows.count == 9_000)
            let batch = rows
            let inside = try await pool.withTransaction { transaction -> [Int] in
                let copied = [try await transaction.copy(batch), try await transaction.copy(batch)]
                return copied + [try await Self.count(in: pool), try await Self.count(in: transaction)]
            }
            #expect(inside == [9_000, 9_000, 0, 18_000])
            let afterwards = try await Self.count(in: pool)
            #expect(afterwards == 18_000)
            rows.removeAll()
            #expect(rows.isEmpty && !rows.isFull)
            let nothing = rows
            let added = try await pool.withConnection { try await $0.copy(nothing) }
            #expect(added == 0)
        }
    }

    @Test("A row that the database refuses refuses all, and the connection serves on")
    func refused() async throws {
        try await Self.withTable { pool in
            try await pool.execute("ALTER TABLE notes ADD CHECK (text <> 'wrong')")
            for filler in [10, 20_000] {
                var rows = CopyRows(into: "notes", columns: ["text"])
                for place in 0..<filler { rows.add(place == filler / 2 ? "wrong" : String(repeating: "right ", count: 20)) }
                try await pool.withConnection { [rows] connection in
                    let error = await Self.failure { try await connection.copy(rows) }
                    #expect(error?.sqlState == .checkViolation && error?.code == .server)
                    #expect(error?.sql == "COPY notes (text) FROM STDIN")
                    try await connection.execute("SELECT 1")
                }
                let error = await Self.failure {
                    try await pool.withTransaction { transaction in
                        try await transaction.execute("INSERT INTO notes (text) VALUES ('before')")
                        try await transaction.copy(rows)
                    }
                }
                #expect(error?.sqlState == .checkViolation)
            }
            let unknown = await Self.failure {
                var rows = CopyRows(into: "nowhere", columns: ["text"])
                rows.add("a")
                try await pool.withTransaction { [rows] in try await $0.copy(rows) }
            }
            #expect(unknown?.sqlState == .undefinedTable)
            let left = try await Self.count(in: pool)
            #expect(left == 0)
        }
    }

    @Test("What can't be a row is refused before anything is sent")
    func unsendable() async throws {
        try await Self.withTable { pool in
            var nul = CopyRows(into: "notes", columns: ["text"])
            nul.add("a\0b")
            var short = CopyRows(into: "notes", columns: ["id", "text"])
            short.add("a")
            var large = CopyRows(into: "notes", columns: ["text"])
            let text = String(repeating: "x", count: 1 << 24)
            for _ in 0..<6 { large.add(text) }
            for rows in [nul, short, large] {
                let error = await Self.failure { try await pool.withConnection { try await $0.copy(rows) } }
                #expect(error?.code == .invalidParameter && error?.wasNotSent == true)
            }
            let left = try await Self.count(in: pool)
            #expect(left == 0)
        }
    }

    @Test("A cancelled task ends the COPY that it waits for, before its rows are sent and among them")
    func cancelled() async throws {
        try await Self.withTable { pool in
            var rows = CopyRows(into: "notes", columns: ["text"])
            // More than the server's and the connection's buffers take while nobody reads them.
            for _ in 0..<20_000 { rows.add(String(repeating: "y", count: 1_000)) }
            try await Self.addTrigger("PERFORM pg_sleep(600)", to: pool)
            try await Self.cancelCopy(of: rows, in: pool)
            let held = try await HeldLock("LOCK TABLE notes", in: pool.configuration.connection)
            try await Self.cancelCopy(of: rows, in: pool)
            await held.release()
            let left = try await Self.count(in: pool)
            #expect(left == 0)
            let early = Task { [rows] in
                try? await hang()
                return try await pool.withConnection { try await $0.copy(rows) }
            }
            early.cancel()
            let error = await Self.failure { try await early.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("The limits of a statement hold for it")
    func limits() async throws {
        try await TestDatabase.with(.empty, adjust: { $0.connection.statementTimeout = .milliseconds(200) }) { database in
            try await database.pool.execute(Self.table)
            try await Self.addTrigger("PERFORM pg_sleep(600)", to: database.pool)
            var rows = CopyRows(into: "notes", columns: ["text"])
            for _ in 0..<20_000 { rows.add(String(repeating: "y", count: 1_000)) }
            try await database.pool.withConnection { [rows] connection in
                let error = await Self.failure { try await connection.copy(rows) }
                #expect(error?.sqlState == .queryCanceled && error?.code == .server)
                try await connection.execute("SELECT 1")
            }
        }
    }

    @Test("A connection that breaks in the middle: outside of a transaction nobody knows, in one nothing has happened")
    func lost() async throws {
        try await Self.withTable { pool in
            var rows = CopyRows(into: "notes", columns: ["text"])
            for _ in 0..<5_000 { rows.add(String(repeating: "z", count: 1_000)) }
            try await Self.addTrigger("PERFORM pg_terminate_backend(pg_backend_pid())", to: pool)
            let alone = await Self.failure {
                try await pool.withConnection { try await $0.copy(rows) }
            }
            #expect(alone?.code == .commitOutcomeUnknown)
            let within = await Self.failure {
                try await pool.withTransaction { try await $0.copy(rows) }
            }
            #expect(within?.code == .connectionLost)
            let left = try await Self.count(in: pool)
            #expect(left == 0)
        }
    }

    @Test("COPY as a plain statement is refused, since its rows would never come")
    func plain() async throws {
        try await Self.withTable { pool in
            let error = await Self.failure { try await pool.execute("COPY notes (text) FROM STDIN") }
            #expect(error?.code == .protocolViolation || error?.code == .commitOutcomeUnknown, "\(String(reflecting: error))")
            let left = try await Self.count(in: pool)
            #expect(left == 0)
        }
    }

    /// The error with which a body ends; `nil` when it ends without one.
    private static func failure<Value>(of body: () async throws -> Value) async -> PostgresError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? PostgresError
        }
    }

    private static func withTable(_ body: (PostgresPool) async throws -> Void) async throws {
        try await TestDatabase.with(.empty) { database in
            try await database.pool.execute(table)
            try await body(database.pool)
        }
    }

    private static func cancelCopy(of rows: CopyRows, in pool: PostgresPool) async throws {
        try await pool.withConnection { connection in
            let copying = Task { try await connection.copy(rows) }
            try await waitForStatement("COPY notes", in: pool)
            copying.cancel()
            let error = await Self.failure { try await copying.value }
            #expect(error?.code == .cancelled)
            try await connection.execute("SELECT 1")
        }
    }

    private static func addTrigger(_ statement: String, to pool: PostgresPool) async throws {
        try await pool.execute(
            """
            CREATE FUNCTION wait() RETURNS TRIGGER LANGUAGE plpgsql AS $$
            BEGIN
                \(unsafeSQL: statement);
                RETURN NEW;
            END
            $$
            """
        )
        try await pool.execute("CREATE TRIGGER waiting BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION wait()")
    }

    private static func count(in session: some PostgresSession) async throws -> Int {
        try await session.row("SELECT count(*) AS count FROM notes") { try $0["count"] as Int } ?? -1
    }
}
