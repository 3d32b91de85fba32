import ArgumentParser
import Database
import Shared

/// `AdminService migrate`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Brings the database to this version.",
        discussion: """
            Safe to run twice and by several at once: each change is applied once, and all wait for it. Roles that `grant` has named get the \
            rights on new tables that their services need.
            """
    )

    func run() async throws {
        try await CommandDatabase.with(schemaIsCurrent: false) { pool in
            let migrator = Migrator(migrations: Migrations.all)
            do {
                let applied = try await migrator.migrate(pool) { print("applied \($0.number) \($0.name)") }
                let version = try await migrator.version(in: pool)
                print(applied.isEmpty ? "nothing to apply, the schema has version \(version)" : "the schema has version \(version) now")
                for role in try await DatabaseRoles().repeatGrants(in: pool) {
                    print("\(role.name) may do what \(role.service.rawValue) needs")
                }
            } catch let mismatch as SchemaMismatch {
                throw CommandFailure("\(mismatch)")
            }
        }
    }
}
