import Callers
import Database
import Foundation
import Shared
import Testing

extension Platform {
    /// Somebody who holds exactly what is said, made straight in the database, and signed in.
    struct Holder: Sendable {
        let accountID: Int64
        let token: String
    }

    /// - Parameters:
    ///   - grants: by resource; nothing else reaches the account.
    ///   - cinemaIDs: that it is limited to.
    func holder(
        _ realm: Realm, of merchantID: Int64? = nil, grants: [String: Int], mask: Int = 15, cinemaIDs: [Int64] = []
    ) async throws -> Holder {
        let token = Token(realm: realm)
        return try await pool.withTransaction { transaction in
            let name = "h" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(30)
            let id = try #require(
                try await transaction.row(
                    """
                    INSERT INTO accounts (realm, username, password_hash, permission, merchant_id)
                    VALUES (\(realm), \(name), 'none', \(mask), \(merchantID)) RETURNING id
                    """
                ) { try $0["id"] as Int64 })
            try await transaction.execute("DELETE FROM user_group_members WHERE account_id = \(id)")
            for (resource, bits) in grants {
                try await transaction.execute(
                    """
                    INSERT INTO permissions (name, resource, bits) VALUES (\("\(resource) \(bits)"), \(resource), \(bits))
                    ON CONFLICT DO NOTHING
                    """)
                try await transaction.execute(
                    """
                    INSERT INTO account_permissions
                    SELECT \(id), id FROM permissions WHERE resource = \(resource) AND bits = \(bits)
                    """)
            }
            for cinemaID in cinemaIDs {
                try await transaction.execute("INSERT INTO account_cinemas VALUES (\(id), \(cinemaID), \(merchantID))")
            }
            try await transaction.execute(
                """
                INSERT INTO sessions (token_sha256, account_id, realm, expires_at)
                VALUES (\(token.sha256), \(id), \(realm), now() + INTERVAL '1 hour')
                """)
            return Holder(accountID: id, token: token.text)
        }
    }

    /// The number of a user group.
    func groupID(_ name: String) async throws -> Int64 {
        try #require(try await pool.row("SELECT id FROM user_groups WHERE name = \(name)") { try $0["id"] as Int64 })
    }
}
