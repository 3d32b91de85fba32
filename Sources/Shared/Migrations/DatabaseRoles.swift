package import Database

/// Roles of the database that have the rights of one service, and nothing else.
package struct DatabaseRoles: Sendable {
    private let store = DatabaseRoleStore()

    package init() {}

    /// Gives a role the rights that a service needs, takes all others from it, and stores it for ``repeatGrants(in:)``.
    ///
    /// - Throws: ``DatabaseRoleFault``; `PostgresError` when the caller doesn't own the tables.
    package func grant(_ service: ServiceName, to name: String, in pool: PostgresPool) async throws {
        try await pool.withTransaction { transaction in
            try await store.lock(in: transaction)
            guard let role = try await store.role(name, in: transaction) else { throw DatabaseRoleFault.unknown(name) }
            guard !role.ownsTables else { throw DatabaseRoleFault.owner(name) }
            try await store.grant(service, to: role, in: transaction)
            try await store.record(name, serves: service, in: transaction)
        }
    }

    /// Gives all stored roles the rights that their services need now, for example on new tables.
    ///
    /// - Returns: the roles that got rights. Roles that this cluster doesn't have are left out.
    package func repeatGrants(in pool: PostgresPool) async throws -> [(name: String, service: ServiceName)] {
        try await pool.withTransaction { transaction in
            try await store.lock(in: transaction)
            var repeated: [(name: String, service: ServiceName)] = []
            for (name, service) in try await store.recorded(in: transaction) {
                guard let role = try await store.role(name, in: transaction), !role.ownsTables else { continue }
                try await store.grant(service, to: role, in: transaction)
                repeated.append((name, service))
            }
            return repeated
        }
    }

    /// Whether the connected role may do everything with the tables, because it is their owner or a superuser.
    package func isOwner(in session: some PostgresSession) async throws -> Bool {
        try await store.isOwner(in: session)
    }
}

/// The reason why a role gets no rights.
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
