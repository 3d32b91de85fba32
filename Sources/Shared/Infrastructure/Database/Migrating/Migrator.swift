/// Brings a database's schema up to date, one migration in one transaction after the other.
package struct Migrator: Sendable {
    /// The advisory lock of migrating: "piao" and the number of this purpose. Its holder migrates, others wait.
    private static let lockKey: Int64 = 0x7069_616F_0000_0001

    package let migrations: [Migration]
    /// The longest time that one migration may take.
    private let timeLimit: Duration

    package init(migrations: [Migration], timeLimit: Duration = .seconds(600)) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.timeLimit = timeLimit
    }

    /// Applies the migrations that the database lacks.
    ///
    /// - Parameters:
    ///   - progress: called with each migration that was applied.
    /// - Returns: the migrations that were applied.
    /// - Throws: ``PostgresError``; ``SchemaMismatch`` when the database has had others under these numbers.
    @discardableResult
    package func migrate(
        _ pool: PostgresPool,
        progress: @Sendable (Migration) -> Void = { _ in }
    ) async throws -> [Migration] {
        try await pool.withConnection { connection in
            try await migrate(connection, progress: progress)
        }
    }

    /// Applies the migrations that the database lacks; see ``migrate(_:progress:)``.
    @discardableResult
    package func migrate(
        _ connection: PostgresConnection,
        progress: @Sendable (Migration) -> Void = { _ in }
    ) async throws -> [Migration] {
        var applied: [Migration] = []
        for migration in migrations {
            let isNew = try await connection.withTransaction { transaction in
                try await apply(migration, in: transaction, over: connection)
            }
            if isNew {
                applied.append(migration)
                progress(migration)
            }
        }
        return applied
    }

    private func apply(_ migration: Migration, in transaction: PostgresTransaction, over connection: PostgresConnection) async throws
        -> Bool
    {
        // Another process may be migrating, so the lock is waited for longer than the usual time.
        try await transaction.execute(
            "SELECT set_config('statement_timeout', \(String(timeLimit.milliseconds)), TRUE), set_config('lock_timeout', '60000', TRUE)"
        )
        // This is sent as a script, because a statement's answer isn't waited for so long.
        try await connection.runScript("SELECT pg_advisory_xact_lock(\(Self.lockKey))", silenceLimit: .seconds(70))
        try await transaction.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number     INTEGER     PRIMARY KEY,
                name       TEXT        NOT NULL,
                applied_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
            )
            """
        )
        let found = try await transaction.row("SELECT name FROM schema_migrations WHERE number = \(migration.number)") { row in
            try row["name"] as String
        }
        if let found {
            guard found == migration.name else {
                throw SchemaMismatch(number: migration.number, found: found, expected: migration.name)
            }
            return false
        }
        // From here on the migration waits for locks on tables that are in use, and while it waits, everybody behind it waits too.
        try await transaction.execute("SET LOCAL lock_timeout = '5s'")
        try await connection.runScript(migration.sql, silenceLimit: timeLimit)
        try await transaction.execute("INSERT INTO schema_migrations (number, name) VALUES (\(migration.number), \(migration.name))")
        return true
    }

    /// The number of the last migration that the database has had; 0 for none.
    ///
    /// - Throws: ``PostgresError``.
    package func version(in session: some PostgresSession) async throws -> Int {
        let exists = try await session.row("SELECT to_regclass('schema_migrations') IS NOT NULL AS exists") { try $0["exists"] as Bool }
        guard exists == true else { return 0 }
        return try await session.row("SELECT COALESCE(max(number), 0) AS number FROM schema_migrations") { try $0["number"] as Int } ?? 0
    }

    /// Makes sure that the schema is not older than this program needs. A newer one is fine: it must suit the programs
    /// before it, but for what the changelog names.
    ///
    /// - Throws: ``SchemaOutdated``, ``PostgresError``.
    package func requireCurrent(in session: some PostgresSession) async throws {
        let found = try await version(in: session)
        let needed = migrations.last?.number ?? 0
        guard found >= needed else { throw SchemaOutdated(found: found, needed: needed) }
    }
}
