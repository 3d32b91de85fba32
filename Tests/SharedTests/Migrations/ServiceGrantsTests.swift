import Database
import Foundation
import Logging
import TestSupport
import Testing

@testable import Shared

@Suite("What the roles of services may do")
struct ServiceGrantsTests {
    /// The tables to which rows are only ever added.
    private func onlyAdded(_ pool: PostgresPool) async throws -> [String] {
        try await pool.rows(
            """
            SELECT tgrelid::regclass::text AS name
            FROM pg_trigger
            WHERE tgfoid = 'refuse_change'::regproc
            ORDER BY name
            """
        ) { try $0["name"] }
    }

    private func connect(_ service: ServiceName, to database: TestDatabase) async throws -> PostgresConnection {
        try await PostgresConnection.connect(to: PostgresConnectionConfiguration(url: database.url(of: service)))
    }

    @Test("Every table and view is spoken of, and nothing that isn't there")
    func complete() async throws {
        try await withTestDatabase { pool in
            let tables = try await pool.rows(
                """
                SELECT relname
                FROM pg_class
                WHERE relnamespace = 'public'::regnamespace
                    AND relkind IN ('r', 'p', 'v', 'm', 'f')
                """
            ) { try $0["relname"] as String }
            let spokenOf = ServiceGrants.tables
            #expect(Set(spokenOf).count == spokenOf.count, "one is there twice")
            #expect(Set(tables).subtracting(spokenOf) == [], "Add a line to ServiceGrants for each.")
            #expect(Set(spokenOf).subtracting(tables) == [], "ServiceGrants speaks of what is gone.")
        }
    }

    @Test("Rows that are only ever added are changed, deleted, emptied or altered by no service", arguments: ServiceName.allCases)
    func onlyAdded(service: ServiceName) async throws {
        try await TestDatabase.with { database in
            let tables = try await onlyAdded(database.pool)
            #expect(Set(tables).isSuperset(of: ["audit_events", "ledger_entries", "order_events", "payment_notifications"]))
            let connection = try await connect(service, to: database)
            for table in tables {
                let column =
                    try await database.pool.row(
                        "SELECT attname FROM pg_attribute WHERE attrelid = \(table)::regclass AND attnum = 1"
                    ) { try $0["attname"] as String } ?? ""
                for statement in [
                    "UPDATE \(table) SET \(column) = DEFAULT", "DELETE FROM \(table)", "TRUNCATE \(table)",
                    "ALTER TABLE \(table) DISABLE TRIGGER ALL", "DROP TABLE \(table)", "SELECT FROM \(table) FOR UPDATE",
                    "CREATE TRIGGER mine BEFORE INSERT ON \(table) EXECUTE FUNCTION refuse_change()",
                ] {
                    let error = await #expect(throws: PostgresError.self, "\(statement)") {
                        try await connection.execute(Query(unsafeSQL: statement))
                    }
                    #expect(error?.sqlState == .insufficientPrivilege, "\(service): \(statement): \(String(reflecting: error))")
                }
            }
            // Control: they may be read or added to, at least.
            try await connection.execute("INSERT INTO audit_events (action, subject) VALUES ('test', 'test')")
            await connection.close()
        }
    }

    @Test("No service owns or empties anything, makes tables, or acts for who does", arguments: ServiceName.allCases)
    func powerless(service: ServiceName) async throws {
        try await TestDatabase.with { database in
            let connection = try await connect(service, to: database)
            for statement in [
                "CREATE TABLE mine (id BIGINT)", "CREATE ROLE mine", "SET ROLE postgres", "TRUNCATE leases", "DROP TABLE orders",
            ] {
                let error = await #expect(throws: PostgresError.self) { try await connection.execute(Query(unsafeSQL: statement)) }
                #expect(error?.sqlState == .insufficientPrivilege, "\(statement): \(String(reflecting: error))")
            }
            let owns = try await DatabaseRoles().isOwner(in: connection)
            #expect(!owns)
            #expect(try await DatabaseRoles().isOwner(in: database.pool), "Control.")
            await connection.close()
        }
    }

    @Test("A grant gives what the table says, takes away what it doesn't, can be repeated, and is repeated for all who were named")
    func grant() async throws {
        try await TestDatabase.with { database in
            let (pool, roles) = (database.pool, DatabaseRoles())
            // Roles belong to the cluster, which other tests use as well.
            let name = "piao \"\(UInt32.random(in: 0...UInt32.max))"
            let quoted = "\"" + name.replacing("\"", with: "\"\"") + "\""
            try await pool.execute(Query(unsafeSQL: "CREATE ROLE \(quoted)"))
            func may(_ privilege: String, _ table: String) async throws -> Bool? {
                try await pool.row("SELECT has_table_privilege(\(name), \(table), \(privilege)) AS may") { try $0["may"] as Bool }
            }
            try await pool.execute(Query(unsafeSQL: "GRANT ALL ON audit_events, orders TO \(quoted)"))
            for _ in 0..<2 {
                try await roles.grant(.client, to: name, in: pool)
                #expect(try await may("INSERT", "orders") == true)
                for privilege in ["DELETE", "TRUNCATE", "TRIGGER"] { #expect(try await may(privilege, "orders") == false) }
                for privilege in ["UPDATE", "DELETE", "TRUNCATE"] { #expect(try await may(privilege, "audit_events") == false) }
                #expect(try await may("SELECT", "reconciliations") == false)
            }
            // Another service's, from now on.
            try await roles.grant(.admin, to: name, in: pool)
            #expect(try await may("SELECT", "reconciliations") == true)
            #expect(try await may("INSERT", "qr_logins") == false)
            try await pool.execute(Query(unsafeSQL: "REVOKE ALL ON reconciliations FROM \(quoted)"))
            try await pool.execute(
                "INSERT INTO database_roles (name, service) VALUES ('nobody_here', 'ClientService'), ('x', 'NewService')")
            let repeated = try await roles.repeatGrants(in: pool)
            #expect(repeated.map(\.name).contains(name) && !repeated.map(\.name).contains("nobody_here"))
            #expect(try await may("SELECT", "reconciliations") == true)
            await #expect(throws: DatabaseRoleFault.unknown("nobody_here")) { try await roles.grant(.client, to: "nobody_here", in: pool) }
            await #expect(throws: DatabaseRoleFault.owner("postgres")) { try await roles.grant(.client, to: "postgres", in: pool) }
            try await pool.execute(Query(unsafeSQL: "DROP OWNED BY \(quoted)"))
            try await pool.execute(Query(unsafeSQL: "DROP ROLE \(quoted)"))
        }
    }
}
