import Callers
import Database
import TestSupport
import Testing

@testable import Shared

/// Accounts of all realms with all that can reach an account, each signed in; written by plain SQL.
struct LookupTown: Sendable {
    /// A session: whose, and the hash of its token.
    struct Signed: Sendable {
        let id: Int64
        let realm: Realm
        let sha256: [UInt8]
    }

    let pool: PostgresPool
    /// Whose sessions count, by name.
    private(set) var sessions: [String: Signed] = [:]
    /// Hashes that are nobody's any more, or never were somebody's.
    private(set) var nobodys: [String: [UInt8]] = ["unknown": Array(repeating: 7, count: 32)]

    init(in pool: PostgresPool) async throws {
        self.pool = pool
        try await preparePlaces()
        try await prepareGroups()
        // Two sessions of one account; two accounts with the same user groups, of which one has more of its own; and two with none.
        let anna = try await account("anna", .client)
        sessions["anna"] = try await signIn(anna, .client)
        sessions["anna again"] = try await signIn(anna, .client)
        sessions["ben"] = try await signIn(account("ben", .client, in: ["moviegoer", "critics"]), .client)
        let cleo = try await account("cleo", .client, mask: 5, in: ["moviegoer", "critics"], own: ["reviews1", "prizes15"])
        sessions["cleo"] = try await signIn(cleo, .client)
        sessions["dora"] = try await signIn(account("dora", .client, in: [], groups: ["judges"]), .client)
        sessions["edgar"] = try await signIn(account("edgar", .client, mask: 0, in: []), .client)
        // Owners, and people who are limited to cinemas.
        sessions["wanda"] = try await signIn(account("wanda", .cinema, of: 1), .cinema)
        sessions["bona"] = try await signIn(account("bona", .cinema, of: 2), .cinema)
        let clerk = try await account("clerk", .cinema, of: 1, mask: 7, in: ["box-office clerk"], cinemas: [11, 12])
        sessions["clerk"] = try await signIn(clerk, .cinema)
        let usher = try await account("usher", .cinema, of: 1, mask: 3, in: ["usher", "night"], cinemas: [12])
        sessions["usher"] = try await signIn(usher, .cinema)
        let rival = try await account("rival", .cinema, of: 2, mask: 7, in: ["box-office clerk"], cinemas: [21])
        sessions["rival"] = try await signIn(rival, .cinema)
        sessions["root"] = try await signIn(account("root", .admin), .admin)
        let helper = try await account("helper", .admin, mask: 13, in: ["finance", "support"], groups: ["auditors"])
        sessions["helper"] = try await signIn(helper, .admin)
        try await prepareNobodies(anna)
    }

    // MARK: How they come about

    private func preparePlaces() async throws {
        try await pool.execute("INSERT INTO merchants (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'Wanda'), (2, 'Bona')")
        try await pool.execute("INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, 'S', '310100', 'S', 'S')")
        for (id, merchantID) in [(11, 1), (12, 1), (13, 1), (21, 2)] as [(Int64, Int64)] {
            try await pool.execute(
                """
                INSERT INTO cinemas (id, merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
                OVERRIDING SYSTEM VALUE
                VALUES (\(id), \(merchantID), \("c\(id)"), 1, 'd', 'a', 1, 1, '1', 0)
                """)
        }
    }

    /// The permission of the critics' group comes by two ways, and cleo has it by a third.
    private func prepareGroups() async throws {
        try await pool.execute(
            """
            INSERT INTO permissions (name, resource, bits)
            VALUES ('reviews1', 'reviews', 1), ('reviews3', 'reviews', 3), ('prizes15', 'prizes', 15)
            """)
        try await pool.execute("INSERT INTO permission_groups (realm, name) VALUES ('client', 'judges'), ('admin', 'auditors')")
        try await pool.execute(
            """
            INSERT INTO user_groups (realm, merchant_id, name)
            VALUES ('client', NULL, 'critics'), ('cinema', 1, 'night'), ('cinema', 2, 'day')
            """)
        let links: [(group: String, permission: String)] = [
            ("judges", "reviews1"), ("judges", "reviews3"), ("auditors", "prizes15"),
        ]
        for (group, permission) in links {
            try await pool.execute(
                """
                INSERT INTO permission_group_permissions
                SELECT groups.id, permissions.id
                FROM permission_groups AS groups, permissions
                WHERE groups.name = \(group) AND permissions.name = \(permission)
                """)
        }
        for (people, permission) in [("critics", "reviews1"), ("night", "prizes15"), ("day", "reviews3")] {
            try await pool.execute(
                """
                INSERT INTO user_group_permissions
                SELECT people.id, permissions.id
                FROM user_groups AS people, permissions
                WHERE people.name = \(people) AND permissions.name = \(permission)
                """)
        }
        try await pool.execute(
            """
            INSERT INTO user_group_permission_groups
            SELECT people.id, groups.id, 'client'
            FROM user_groups AS people, permission_groups AS groups
            WHERE people.name = 'critics' AND groups.name = 'judges'
            """)
    }

    private mutating func prepareNobodies(_ anna: Int64) async throws {
        let changes: [(name: String, change: Query)] = [
            ("revoked", "UPDATE sessions SET revoked_at = now() WHERE id ="),
            ("expired", "UPDATE sessions SET created_at = now() - INTERVAL '2 days', expires_at = now() - INTERVAL '1 day' WHERE id ="),
            ("idle", "UPDATE sessions SET idle_expires_at = now() WHERE id ="),
            ("of another realm", "UPDATE sessions SET realm = 'admin' WHERE id ="),
        ]
        for (name, change) in changes {
            let session = try await signIn(anna, .client)
            try await pool.execute("\(change) \(session.id)")
            nobodys[name] = session.sha256
        }
        for column in ["disabled_at", "deleted_at"] {
            let id = try await account(column, .client)
            nobodys[column] = try await signIn(id, .client).sha256
            try await pool.execute("UPDATE accounts SET \(unsafeSQL: column) = now() WHERE id = \(id)")
        }
    }

    /// - Parameters:
    ///   - userGroups: `nil` for the realm's default.
    ///   - own: permissions of its own, by name.
    ///   - groups: permission groups, by name.
    private func account(
        _ name: String, _ realm: Realm, of merchantID: Int64? = nil, mask: Int = 15, in userGroups: [String]? = nil,
        own: [String] = [], groups: [String] = [], cinemas: [Int64] = []
    ) async throws -> Int64 {
        let id = try #require(
            try await pool.row(
                """
                INSERT INTO accounts (realm, username, password_hash, permission, merchant_id)
                VALUES (\(realm), \(name), 'none', \(mask), \(merchantID))
                RETURNING id
                """
            ) { try $0["id"] as Int64 })
        if let userGroups {
            try await pool.execute("DELETE FROM user_group_members WHERE account_id = \(id)")
            try await pool.execute(
                """
                INSERT INTO user_group_members
                SELECT \(id)::bigint, id, realm, owner_id
                FROM user_groups
                WHERE name = ANY (\(userGroups)::text[]) AND realm = \(realm)
                """)
        }
        try await pool.execute(
            "INSERT INTO account_permissions SELECT \(id)::bigint, id FROM permissions WHERE name = ANY (\(own)::text[])")
        try await pool.execute(
            """
            INSERT INTO account_permission_groups
            SELECT \(id)::bigint, id, realm
            FROM permission_groups
            WHERE name = ANY (\(groups)::text[])
            """)
        try await pool.execute(
            "INSERT INTO account_cinemas SELECT \(id)::bigint, id, merchant_id FROM cinemas WHERE id = ANY (\(cinemas)::bigint[])")
        return id
    }

    private func signIn(_ accountID: Int64, _ realm: Realm) async throws -> Signed {
        let sha256 = Token(realm: realm).sha256
        let id = try #require(
            try await pool.row(
                """
                INSERT INTO sessions (token_sha256, account_id, realm, expires_at)
                VALUES (\(sha256), \(accountID), \(realm), now() + INTERVAL '30 days')
                RETURNING id
                """
            ) { try $0["id"] as Int64 })
        return Signed(id: id, realm: realm, sha256: sha256)
    }
}
