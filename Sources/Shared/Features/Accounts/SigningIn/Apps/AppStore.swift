import Callers
import Database

/// Registered apps in the database.
struct AppStore: Sendable {
    /// - Throws: ``Refusal/appExists``.
    func insert(name: String, realm: Realm, secret: OneTimeSecret, in session: some PostgresSession) async throws -> App {
        try await Self.refusingTakenNames {
            try await session.requiredRow(
                """
                INSERT INTO apps (name, realm, secret_sha256)
                VALUES (\(name), \(realm), \(secret.sha256))
                RETURNING \(Self.columns)
                """,
                App.init(row:)
            )
        }
    }

    /// Apps by number.
    func apps(page: PageRequest, in session: some PostgresSession) async throws -> Page<App> {
        Page(try await session.rows(try .page(page, of: "apps", Self.columns), App.init(row:)), request: page, id: \.id)
    }

    func app(_ id: Int64, in session: some PostgresSession) async throws -> App? {
        try await session.row(
            """
            SELECT \(Self.columns)
            FROM apps
            WHERE id = \(id)
            """,
            App.init(row:)
        )
    }

    /// Changes what is given. `nil` when there is no such app in that version.
    ///
    /// - Parameter version: `nil` for any.
    /// - Throws: ``Refusal/appExists``.
    func update(
        _ id: Int64, version: Int64?, name: String?, isEnabled: Bool?, secret: OneTimeSecret?, in session: some PostgresSession
    ) async throws -> App? {
        try await Self.refusingTakenNames {
            try await session.row(
                """
                UPDATE apps
                SET name = coalesce(\(name), name),
                    enabled = coalesce(\(isEnabled), enabled),
                    secret_sha256 = coalesce(\(secret?.sha256), secret_sha256),
                    version = version + 1
                WHERE id = \(id)
                AND version = coalesce(\(version), version)
                RETURNING \(Self.columns)
                """,
                App.init(row:)
            )
        }
    }

    private static let columns: Query = "id, name, realm, enabled, created_at, version"

    private static func refusingTakenNames<Result>(_ write: () async throws -> Result) async throws -> Result {
        try await refusing(.appExists, byConstraint: "apps_realm_name_key", write)
    }
}

extension App {
    fileprivate init(row: PostgresRow) throws {
        self.init(
            id: try row["id"],
            name: try row["name"],
            realm: try row["realm"],
            isEnabled: try row["enabled"],
            createdAt: try row["created_at"],
            version: try row["version"]
        )
    }
}
