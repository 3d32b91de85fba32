import Callers
import Database
import HTTP
import Testing

/// Made from the endpoint tables: a new endpoint is in it without anybody adding it. What one call with examples doesn't bring about here,
/// `deploy/local/check-house.py` looks at in the source.
@Suite("The audit trail")
struct AuditedWriteTests {
    /// What leaves no row, and why not.
    private static let unaudited = ["POST /v1/orders": "the order's events name the clerk"]

    @Test("Whatever staff change leaves a row that names who did it", arguments: [Realm.cinema, .admin])
    func rows(realm: Realm) async throws {
        try await FurnishedPlatform.with { platform in
            var count = 0
            for endpoint in try FurnishedPlatform.endpoints(of: realm) where endpoint.method != .get {
                guard case .permission = endpoint.access, Self.unaudited[endpoint.operation] == nil else { continue }
                let before = try await Self.rowCount(in: platform.platform.pool)
                guard try await platform.call(endpoint, of: realm).status < 300 else { continue }
                #expect(try await Self.rowCount(in: platform.platform.pool) > before, "\(realm) \(endpoint.operation)")
                count += 1
            }
            print("audited: \(realm), \(count) changes")
            #expect(count >= 8)
        }
    }

    private static func rowCount(in pool: PostgresPool) async throws -> Int {
        try await pool.row("SELECT count(*) AS n FROM audit_events WHERE actor_account_id IS NOT NULL") { try $0["n"] } ?? 0
    }
}
