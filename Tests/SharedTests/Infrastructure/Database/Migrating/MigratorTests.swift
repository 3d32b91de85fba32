import Database
import Shared
import TestSupport
import Testing

@Suite("Migrations")
struct MigratorTests {
    private let migrator = Migrator(migrations: Migrations.all)

    @Test("Migrations are numbered from 1 without gaps and have names of their own")
    func numbering() {
        #expect(Migrations.all.map(\.number) == Array(1...Migrations.all.count))
        #expect(Set(Migrations.all.map(\.name)).count == Migrations.all.count)
    }

    @Test("An empty database is brought up to date; the second time nothing is left to do")
    func migratesOnce() async throws {
        try await withTestDatabase(.empty) { pool in
            let before = try await migrator.version(in: pool)
            #expect(before == 0)
            await #expect(throws: SchemaOutdated(found: 0, needed: Migrations.all.count)) { try await migrator.requireCurrent(in: pool) }
            let applied = try await migrator.migrate(pool).count
            #expect(applied == Migrations.all.count)
            try await migrator.requireCurrent(in: pool)
            let again = try await migrator.migrate(pool)
            #expect(again.isEmpty)
        }
    }

    @Test("A database with some of the migrations gets the others")
    func continues() async throws {
        try await withTestDatabase(.first(3)) { pool in
            let version = try await migrator.version(in: pool)
            #expect(version == 3)
            let rest = try await migrator.migrate(pool).map(\.number)
            #expect(rest == Array(4...Migrations.all.count))
        }
    }

    @Test("Four processes that migrate at the same time apply each migration once")
    func concurrently() async throws {
        try await withTestDatabase(.empty) { pool in
            let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for _ in 0..<4 { group.addTask { try await migrator.migrate(pool) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.map(\.number).sorted() == Array(1...Migrations.all.count))
        }
    }

    @Test("A process that waits for another's migration waits longer than for a statement")
    func waits() async throws {
        // A statement's answer is awaited for five seconds here.
        try await TestDatabase.with(.first(1), adjust: { $0.connection.statementTimeout = .zero }) { database in
            let other = try await PostgresConnection.connect(to: database.pool.configuration.connection)
            let applied = try await other.withTransaction { transaction in
                try await transaction.execute("SELECT pg_advisory_xact_lock(\(0x7069_616F_0000_0001 as Int64))")
                let migrating = Task { try await Migrator(migrations: Array(Migrations.all.prefix(1))).migrate(database.pool) }
                try await waitForWaiter(of: transaction, in: database.pool)
                try await letPass(.seconds(6))
                return migrating
            }
            #expect(try await applied.value.isEmpty)
            await other.close()
        }
    }

    @Test("A migration that fails leaves nothing behind")
    func failure() async throws {
        try await withTestDatabase(.empty) { pool in
            let broken = Migrator(migrations: [
                Migration(number: 1, name: "good", sql: "CREATE TABLE a (); CREATE TABLE b ();"),
                Migration(number: 2, name: "broken", sql: "CREATE TABLE c ();\nCREATE TABLE a ();"),
            ])
            let error = await #expect(throws: PostgresError.self) { try await broken.migrate(pool) }
            #expect(error?.sqlState == .duplicateTable)
            let version = try await broken.version(in: pool)
            #expect(version == 1)
            let isAbsent = try await pool.row("SELECT to_regclass('c') IS NULL AS absent") { try $0["absent"] as Bool }
            #expect(isAbsent == true)
        }
    }

    @Test("Another migration under a number that was used is refused")
    func mismatch() async throws {
        try await withTestDatabase(.first(1)) { pool in
            let other = Migrator(migrations: [Migration(number: 1, name: "other", sql: "SELECT 1")])
            await #expect(throws: SchemaMismatch(number: 1, found: "identity", expected: "other")) { try await other.migrate(pool) }
        }
    }
}
