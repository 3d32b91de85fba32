import Callers
import Database

/// Looks up whose tokens are, many at a time: each account with what was given to it, and what their user groups hold, once for all.
struct PrincipalStore: Sendable {
    /// What was found for tokens.
    struct Found: Sendable {
        /// By the SHA-256 of the token; a token that is missing is nobody's, or its session or account counts no longer.
        var principals: [[UInt8]: Principal] = [:]
        /// How long ago sessions were last seen to be used, by realm and session.
        var idleTimes: [Realm: [(sessionID: Int64, seconds: Double)]] = [:]
    }

    /// Who has the tokens of these hashes. By the unique index on hashes, in one round trip.
    func principals(forSHA256s sha256s: [[UInt8]], in pool: PostgresPool) async throws -> Found {
        let results = try await pool.pipeline([.keepPlans, sessions(sha256s), userGroupGrants(sha256s)])
        var grantsOfUserGroups: [Int64: [PermissionGrant]] = [:]
        for row in results[2] {
            let (userGroupID, resource, bits) = try row.decode((Int64, String, Int).self)
            grantsOfUserGroups[userGroupID, default: []].append(PermissionGrant(resource: resource, bits: Permission(rawValue: bits)))
        }
        var found = Found()
        // Most people of a realm hold the same: they share one list.
        var shared: [[Int64]: [PermissionGrant]] = [:]
        for row in results[1] {
            let (
                sha256, sessionID, accountID, realm, merchantID, permission, ownGrants, userGroupIDs, cinemaIDs, idleSeconds,
                hasSecondFactor
            ) = try row.decode(([UInt8], Int64, Int64, Realm, Int64?, Int, [String], [Int64], [Int64], Double, Bool).self)
            let reaching = shared[userGroupIDs] ?? Self.unique(userGroupIDs.flatMap { grantsOfUserGroups[$0, default: []] })
            shared[userGroupIDs] = reaching
            found.principals[sha256] = Principal(
                accountID: accountID,
                realm: realm,
                merchantID: merchantID,
                cinemaIDs: cinemaIDs.isEmpty ? nil : cinemaIDs,
                permission: Permission(rawValue: permission),
                grants: ownGrants.isEmpty ? reaching : Self.unique(GrantStore.grants(ownGrants) + reaching),
                hasSecondFactor: hasSecondFactor,
                sessionID: sessionID
            )
            found.idleTimes[realm, default: []].append((sessionID, idleSeconds))
        }
        return found
    }

    private func sessions(_ sha256s: [[UInt8]]) -> Query {
        """
        SELECT
            sessions.token_sha256, sessions.id, accounts.id, accounts.realm, accounts.merchant_id, accounts.permission,
            \(GrantStore.ownGrantsOfAccount),
            \(GrantStore.userGroupsOfAccount),
            \(GrantStore.cinemasOfAccount),
            extract(EPOCH FROM clock_timestamp() - sessions.last_seen_at)::double precision,
            \(SessionStore.hasSecondFactor)
        FROM sessions
        JOIN accounts ON accounts.id = sessions.account_id
        WHERE sessions.token_sha256 = ANY (\(sha256s)::bytea[])
        AND \(SessionStore.stillCounts)
        """
    }

    private func userGroupGrants(_ sha256s: [[UInt8]]) -> Query {
        """
        SELECT user_group_id, resource, bits
        FROM user_group_permission_paths
        WHERE user_group_id IN (
            SELECT user_group_members.user_group_id
            FROM sessions
            JOIN user_group_members ON user_group_members.account_id = sessions.account_id
            WHERE sessions.token_sha256 = ANY (\(sha256s)::bytea[])
        )
        """
    }

    private static func unique(_ grants: [PermissionGrant]) -> [PermissionGrant] {
        var seen: Set<PermissionGrant> = []
        return grants.filter { seen.insert($0).inserted }
    }
}
