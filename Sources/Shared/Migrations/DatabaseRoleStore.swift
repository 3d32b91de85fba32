import Database

/// Roles and their rights, in the database.
struct DatabaseRoleStore: Sendable {
    /// The advisory lock: "piao" and the number of this purpose. Two transactions that write rights at the same time would disturb each
    /// other.
    private static let lockKey: Int64 = 0x7069_616F_0000_0003

    struct Role: Hashable, Sendable {
        /// The name in SQL's quotes.
        let quoted: String
        /// Whether the role owns tables; also when it is a superuser, or a member of a role that owns them.
        let ownsTables: Bool
    }

    func lock(in transaction: PostgresTransaction) async throws {
        try await transaction.execute("SELECT pg_advisory_xact_lock(\(Self.lockKey))")
    }

    func role(_ name: String, in session: some PostgresSession) async throws -> Role? {
        try await session.row(
            """
            SELECT
                quote_ident(rolname) AS quoted,
                pg_has_role(
                    pg_roles.oid,
                    (SELECT relowner FROM pg_class WHERE oid = to_regclass('schema_migrations')),
                    'MEMBER'
                ) AS owns
            FROM pg_roles
            WHERE rolname = \(name)
            """
        ) { Role(quoted: try $0["quoted"], ownsTables: try $0["owns"]) }
    }

    func isOwner(in session: some PostgresSession) async throws -> Bool {
        let isOwner: Bool? = try await session.row(
            "SELECT pg_has_role(relowner, 'MEMBER') AS is_owner FROM pg_class WHERE oid = to_regclass('schema_migrations')"
        ) { try $0["is_owner"] }
        return isOwner ?? false
    }

    /// Gives a role exactly the rights that a service needs on the existing tables.
    func grant(_ service: ServiceName, to role: Role, in transaction: PostgresTransaction) async throws {
        let existing = Set(
            try await transaction.rows(
                """
                SELECT name
                FROM unnest(\(ServiceGrants.tables)::text[]) AS name
                WHERE to_regclass(quote_ident(name)) IS NOT NULL
                """
            ) { try $0["name"] as String })
        // The names of tables are the program's own, and the server quotes the role's.
        let all = ServiceGrants.tables.filter(existing.contains).joined(separator: ", ")
        try await transaction.execute(Query(unsafeSQL: "REVOKE ALL ON TABLE \(all) FROM \(role.quoted)"))
        for (verbs, grants) in Dictionary(grouping: ServiceGrants.of(service).filter { existing.contains($0.table) }, by: \.verbs) {
            let privileges = verbs.privileges.joined(separator: ", ")
            let tables = grants.map(\.table).joined(separator: ", ")
            try await transaction.execute(Query(unsafeSQL: "GRANT \(privileges) ON TABLE \(tables) TO \(role.quoted)"))
        }
    }

    func record(_ name: String, serves service: ServiceName, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            INSERT INTO database_roles (name, service)
            VALUES (\(name), \(service.rawValue))
            ON CONFLICT (name) DO UPDATE
            SET service = excluded.service
            """
        )
    }

    /// All roles that were granted a service. Roles of services that this program doesn't know are left out.
    func recorded(in session: some PostgresSession) async throws -> [(name: String, service: ServiceName)] {
        try await session.rows("SELECT name, service FROM database_roles ORDER BY name") { row in
            (name: try row["name"] as String, service: ServiceName(rawValue: try row["service"]))
        }.compactMap { row in row.service.map { (row.name, $0) } }
    }
}
