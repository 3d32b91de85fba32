package import Database
import Foundation
import Logging
package import Shared

/// A real PostgreSQL database that belongs to one test alone: a clone of a template that was migrated once.
///
/// The environment's PIAO_TEST_DATABASE_URL names a maintenance database of a cluster kept for tests; `make test` starts one and sets it.
package struct TestDatabase: Sendable {
    /// The content of a new database.
    package enum Schema: Sendable {
        /// The schema as the program needs it.
        case current
        /// The schema after this number of migrations.
        case first(Int)
        /// Nothing at all.
        case empty

        fileprivate var migrations: [Migration] {
            switch self {
            case .current: Migrations.all
            case .first(let count): Array(Migrations.all.prefix(count))
            case .empty: []
            }
        }
    }

    /// The libpq connection string of this database.
    package let url: String
    /// The connection string of a service, whose role has the rights that the service needs and no others. The database must have the
    /// current schema.
    package func url(of service: ServiceName) -> String { Self.url(of: service, in: url) }

    /// The connection string of a service, made from that of the owner.
    package static func url(of service: ServiceName, in url: String) -> String {
        guard var components = URLComponents(string: url) else { return url }
        components.user = TestCluster.role(of: service)
        components.password = TestCluster.role(of: service)
        return components.string ?? url
    }

    /// A small pool of connections to it.
    package let pool: PostgresPool

    /// The port of the server that has the tests' databases. Skips the test where there is none.
    package static func serverPort() throws -> Int? { try TestCluster().port }

    /// Gives a closure a database of its own, which is dropped afterwards.
    ///
    /// - Parameters:
    ///   - schema: its content at first.
    ///   - connections: how many connections the pool may make. Few, because tests run side by side.
    ///   - adjust: changes the pool's configuration.
    /// - Throws: `PostgresError`, and what the closure throws.
    package static func with<Result>(
        _ schema: Schema = .current,
        connections: Int = 4,
        adjust: (inout PostgresPoolConfiguration) -> Void = { _ in },
        _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let cluster = try TestCluster()
        return try await TestTurns.take {
            let url = try await cluster.makeDatabase(migrations: schema.migrations)
            // Waits have no limit that a slow machine could reach. Only tests of the limits set them lower.
            var configuration = PostgresPoolConfiguration.patient(url, connections: connections)
            adjust(&configuration)
            let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test.database"))
            let result: Result
            do {
                result = try await body(TestDatabase(url: url, pool: pool))
            } catch {
                await pool.close()
                try? await cluster.drop(url)
                throw error
            }
            await pool.close()
            try await cluster.drop(url)
            return result
        }
    }
}

/// Gives a closure a pool of connections to a migrated database of its own, which is dropped afterwards.
///
/// - Throws: `PostgresError`, and what the closure throws.
package func withTestDatabase<Result>(
    _ schema: TestDatabase.Schema = .current,
    connections: Int = 4,
    _ body: (PostgresPool) async throws -> Result
) async throws -> Result {
    try await TestDatabase.with(schema, connections: connections) { try await body($0.pool) }
}

extension PostgresPoolConfiguration {
    /// For a test: no wait has a limit that a slow machine could reach.
    package static func patient(_ url: String, connections: Int = 4) -> PostgresPoolConfiguration {
        var configuration = PostgresPoolConfiguration(
            url: url, maximumConnections: connections, leaseTimeout: Patience.limit, connectTimeout: Patience.limit,
            statementTimeout: Patience.limit, lockTimeout: Patience.limit, idleInTransactionTimeout: Patience.limit)
        configuration.connection.cancellationTimeout = Patience.limit
        configuration.connection.cancelledSilenceTimeout = Patience.limit
        return configuration
    }
}
