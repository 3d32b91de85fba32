package import Database

/// Roles of the database that may do what one service needs, and nothing else.
package struct DatabaseRoles: Sendable {
    private let store = DatabaseRoleStore()

    package init() {}

    /// Gives a role what a service needs, takes from it what it has besides, and remembers it for ``repeatGrants(in:)``.
    ///
    /// - Throws: ``DatabaseRoleFault``; `PostgresError` when the caller doesn't own the tables.
    package func grant(_ service: ServiceName, to name: String, in pool: PostgresPool) async throws {
        try await pool.withTransaction { transaction in
            try await store.lock(in: transaction)
            guard let role = try await store.role(name, in: transaction) else { throw DatabaseRoleFault.unknown(name) }
            guard !role.ownsTables else { throw DatabaseRoleFault.owner(name) }
            try await store.grant(service, to: role, in: transaction)
            try await store.remember(name, serves: service, in: transaction)
        }
    }

    /// Gives all roles that were ever named what their services need by now, such as rights on new tables.
    ///
    /// - Returns: which were given; those that aren't in this cluster are passed over.
    package func repeatGrants(in pool: PostgresPool) async throws -> [(name: String, service: ServiceName)] {
        try await pool.withTransaction { transaction in
            try await store.lock(in: transaction)
            var repeated: [(name: String, service: ServiceName)] = []
            for (name, service) in try await store.remembered(in: transaction) {
                guard let role = try await store.role(name, in: transaction), !role.ownsTables else { continue }
                try await store.grant(service, to: role, in: transaction)
                repeated.append((name, service))
            }
            return repeated
        }
    }

    /// Whether whoever is connected may do everything with the tables: it is their owner, or a superuser.
    package func isOwner(in session: some PostgresSession) async throws -> Bool {
        try await store.isOwner(in: session)
    }
}

/// Why a role is given nothing.
package enum DatabaseRoleFault: Error, Hashable, CustomStringConvertible {
    case unknown(String)
    case owner(String)

    package var description: String {
        switch self {
        case .unknown(let name): "the database has no role \(name); make it first: createuser \(name) --pwprompt"
        case .owner(let name): "\(name) owns the tables, or acts for who does, and may do everything; make another role for the service"
        }
    }
}
