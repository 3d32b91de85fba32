import Database
import Foundation
import Logging
import Shared
import Testing

/// The cluster on which test databases are made.
struct TestCluster: Sendable {
    private static let prefix = "piao_test_"
    private static let templatePrefix = "piao_template_"
    /// Whoever holds it looks for or makes a template; other test processes wait.
    private static let templateLock: Int64 = 0x7069_616F_0000_0002

    private let maintenanceURL: String

    /// Skips the test where there is no cluster: `swift test` by itself runs what needs none.
    init() throws {
        guard let url = Self.url else {
            try Test.cancel("It needs a database; make test starts one and sets PIAO_TEST_DATABASE_URL.")
        }
        maintenanceURL = url
    }

    /// Of the maintenance database; `nil` where `swift test` runs by itself.
    static var url: String? {
        ProcessInfo.processInfo.environment["PIAO_TEST_DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where its server listens.
    var port: Int? { URLComponents(string: maintenanceURL)?.port }

    /// Makes a database with these migrations applied.
    ///
    /// - Returns: its connection string.
    func makeDatabase(migrations: [Migration]) async throws -> String {
        let name = "\(Self.prefix)\(ProcessInfo.processInfo.processIdentifier)_\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let maintenance = try await connect(to: maintenanceURL)
        let template = try await template(of: migrations, over: maintenance)
        try await maintenance.execute("CREATE DATABASE \(unsafeSQL: name) TEMPLATE \(unsafeSQL: template)")
        await maintenance.close()
        return try url(of: name)
    }

    /// Drops a database, whoever is still connected to it.
    func drop(_ url: String) async throws {
        guard let name = URLComponents(string: url)?.path.dropFirst(), name.hasPrefix(Self.prefix) else { return }
        let maintenance = try await connect(to: maintenanceURL)
        try await maintenance.execute("DROP DATABASE IF EXISTS \(unsafeSQL: String(name)) WITH (FORCE)")
        await maintenance.close()
    }

    /// The name of a database that holds exactly these migrations; it is made where it lacks.
    private func template(of migrations: [Migration], over maintenance: PostgresConnection) async throws -> String {
        guard !migrations.isEmpty else { return "template0" }
        let name = Self.templatePrefix + fingerprint(of: migrations)
        if try await exists(name, over: maintenance) { return name }
        try await maintenance.execute("SELECT pg_advisory_lock(\(Self.templateLock))")
        if try await !exists(name, over: maintenance) {
            try await sweep(over: maintenance)
            let unfinished = "\(name)_unfinished"
            try await maintenance.execute("DROP DATABASE IF EXISTS \(unsafeSQL: unfinished) WITH (FORCE)")
            try await maintenance.execute("CREATE DATABASE \(unsafeSQL: unfinished) TEMPLATE template0")
            let connection = try await connect(to: url(of: unfinished))
            try await Migrator(migrations: migrations).migrate(connection)
            await connection.close()
            if migrations.count == Migrations.all.count { try await makeRoles(in: url(of: unfinished)) }
            // Only a finished template gets the name that others look for.
            try await maintenance.execute("ALTER DATABASE \(unsafeSQL: unfinished) RENAME TO \(unsafeSQL: name)")
        }
        try await maintenance.execute("SELECT pg_advisory_unlock(\(Self.templateLock))")
        return name
    }

    /// The name of the role that a service of the tests has, and its password.
    static func role(of service: ServiceName) -> String { "piao_test_\(service)" }

    /// Lets each service have a role of the cluster, with just the rights that it needs; a database's clones take the rights over.
    private func makeRoles(in url: String) async throws {
        let pool = PostgresPool(configuration: .patient(url), logger: Logger(label: "test.roles"))
        for service in ServiceName.allCases {
            let role = Self.role(of: service)
            let isThere = try await pool.row("SELECT FROM pg_roles WHERE rolname = \(role)") { _ in true } ?? false
            if !isThere { try await pool.execute(Query(unsafeSQL: "CREATE ROLE \(role) LOGIN PASSWORD '\(role)'")) }
            try await DatabaseRoles().grant(service, to: role, in: pool)
        }
        await pool.close()
    }

    private func exists(_ name: String, over maintenance: PostgresConnection) async throws -> Bool {
        try await maintenance.row("SELECT TRUE AS found FROM pg_database WHERE datname = \(name)") { try $0["found"] as Bool } ?? false
    }

    /// Drops what crashed runs left behind: databases named for a process that is no more.
    private func sweep(over maintenance: PostgresConnection) async throws {
        let names = try await maintenance.rows("SELECT datname FROM pg_database WHERE starts_with(datname, \(Self.prefix))") { row in
            try row["datname"] as String
        }
        for name in names {
            guard let process = name.dropFirst(Self.prefix.count).split(separator: "_").first else { continue }
            guard !FileManager.default.fileExists(atPath: "/proc/\(process)") else { continue }
            try await maintenance.execute("DROP DATABASE IF EXISTS \(unsafeSQL: name) WITH (FORCE)")
        }
    }

    private func connect(to url: String) async throws -> PostgresConnection {
        var configuration = PostgresConnectionConfiguration(url: url)
        // Cloning takes its time when many tests begin at once.
        configuration.statementTimeout = Patience.limit
        configuration.lockTimeout = Patience.limit
        return try await PostgresConnection.connect(to: configuration)
    }

    private func url(of database: String) throws -> String {
        guard var components = URLComponents(string: maintenanceURL), components.scheme != nil else {
            throw PostgresError(.connectionFailed, "PIAO_TEST_DATABASE_URL must have the form postgresql://user@host:port/database")
        }
        components.path = "/\(database)"
        return components.string ?? maintenanceURL
    }

    /// FNV-1a, 64 bits (draft-eastlake-fnv): enough to tell one schema from another.
    private func fingerprint(of migrations: [Migration]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        let rights = ServiceName.allCases.map { "\(ServiceGrants.of($0))" }.joined()
        for byte in migrations.flatMap({ "\($0.number) \($0.name)\n\($0.sql)\n".utf8 }) + Array(rights.utf8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}
