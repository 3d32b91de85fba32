import Callers
import Database
import Logging
import TestSupport
import Testing

@testable import Shared

/// The one query against a brute-force walk over the same edges.
@Suite("By which ways permissions reach an account")
struct PermissionPathTests {
    /// Edges between accounts, groups and permissions, by their places in the lists of ``World``.
    private struct Graph {
        var permissions: [PermissionGrant] = []
        var accountPermissions: Set<[Int]> = []
        var groupPermissions: Set<[Int]> = []
        var accountGroups: Set<[Int]> = []
        var members: Set<[Int]> = []
        var userGroupPermissions: Set<[Int]> = []
        var userGroupGroups: Set<[Int]> = []

        static let (accounts, groups, userGroups) = (4, 3, 3)

        init(using generator: inout some RandomNumberGenerator) {
            let resources = ["*", "orders", "movies", "halls"]
            var seen: Set<PermissionGrant> = []
            for _ in 0..<8 {
                let grant = PermissionGrant(
                    resource: resources[Int.random(in: 0..<4, using: &generator)],
                    bits: Permission(rawValue: Int.random(in: 1...15, using: &generator)))
                if seen.insert(grant).inserted { permissions.append(grant) }
            }
            func edges(_ from: Int, _ to: Int) -> Set<[Int]> {
                var edges: Set<[Int]> = []
                for left in 0..<from {
                    for right in 0..<to where Int.random(in: 0..<4, using: &generator) == 0 { edges.insert([left, right]) }
                }
                return edges
            }
            accountPermissions = edges(Self.accounts, permissions.count)
            groupPermissions = edges(Self.groups, permissions.count)
            accountGroups = edges(Self.accounts, Self.groups)
            members = edges(Self.accounts, Self.userGroups)
            userGroupPermissions = edges(Self.userGroups, permissions.count)
            userGroupGroups = edges(Self.userGroups, Self.groups)
        }

        /// Every way from an account to a permission, as [permission, permission group or -1, user group or -1].
        func ways(from account: Int) -> Set<[Int]> {
            var ways: Set<[Int]> = []
            for permission in permissions.indices {
                if accountPermissions.contains([account, permission]) { ways.insert([permission, -1, -1]) }
                for group in 0..<Self.groups where groupPermissions.contains([group, permission]) {
                    if accountGroups.contains([account, group]) { ways.insert([permission, group, -1]) }
                    for people in 0..<Self.userGroups
                    where userGroupGroups.contains([people, group]) && members.contains([account, people]) {
                        ways.insert([permission, group, people])
                    }
                }
                for people in 0..<Self.userGroups
                where userGroupPermissions.contains([people, permission]) && members.contains([account, people]) {
                    ways.insert([permission, -1, people])
                }
            }
            return ways
        }
    }

    /// The graph's nodes in the database.
    fileprivate struct World {
        var accounts: [Int64] = []
        var permissions: [Int64] = []
        var groups: [Int64] = []
        var userGroups: [Int64] = []
    }

    @Test(
        "The query finds the ways that a walk over all edges finds, and the check sums them up", arguments: [3 as UInt64, 5, 8, 13, 21, 34])
    func oracle(seed: UInt64) async throws {
        var generator = SplitMix(state: seed)
        let graph = Graph(using: &generator)
        let masks = (0..<Graph.accounts).map { _ in Int.random(in: 0...15, using: &generator) }
        try await withTestDatabase { pool in
            let world = try await Self.insert(graph, masks, into: pool)
            for policy in PermissionPolicy.allCases {
                var configuration = AccountsConfiguration()
                configuration.permissionPolicy = policy
                let fixture = AccountsFixture(pool: pool, configuration: configuration)
                for account in 0..<Graph.accounts {
                    let id = world.accounts[account]
                    let found = try await GrantStore().paths(of: id, resource: nil, in: pool)
                    let ways = graph.ways(from: account)
                    #expect(found.count == ways.count)
                    #expect(Set(found.map { world.way($0) }) == ways)
                    let held = try #require(try await GrantStore().held(by: id, in: pool))
                    #expect(Set(held.grants) == Set(ways.map { graph.permissions[$0[0]] }))
                    for resource in ["orders", "movies", "halls", "cities"] {
                        let reaching = ways.map { graph.permissions[$0[0]] }.filter { $0.resource == resource || $0.resource == "*" }
                        let expected =
                            policy == .bits
                            ? reaching.reduce(0) { $0 | $1.bits.rawValue } & masks[account]
                            : min(masks[account], reaching.map(\.bits.rawValue).max() ?? 0)
                        let explained = try await fixture.accounts.permissionAdministration.explanation(
                            of: id, resource: resource, in: pool)
                        let about = try #require(explained.resources.first)
                        #expect(explained.resources.count == 1)
                        #expect(about.effective.rawValue == expected)
                        #expect(policy.effective(held.grants, on: resource, mask: held.mask).rawValue == expected)
                        #expect(Set(about.bits.flatMap(\.paths).map(\.grant)) == Set(reaching))
                    }
                }
            }
        }
    }

    @Test("Neither realms nor merchants can be mixed, whatever program writes")
    func constraints() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let anna = try await fixture.signUp("anna").account.id
            let (wanda, bona) = (try await fixture.registerMerchant("wanda"), try await fixture.registerMerchant("bona"))
            let clerk = wanda.signedIn.account.id
            try await pool.execute("INSERT INTO cities (id, name, code, pinyin, initial) VALUES (1, 'S', '310100', 'S', 'S')")
            try await pool.execute(
                """
                INSERT INTO cinemas (merchant_id, name, city_id, district, address, latitude, longitude, phone, service_fee_fen)
                VALUES (\(bona.merchant.id), 'c', 1, 'd', 'a', 1, 1, '1', 0)
                """)
            try await pool.execute("INSERT INTO permission_groups (realm, name) VALUES ('admin', 'p')")
            try await pool.execute("INSERT INTO user_groups (realm, merchant_id, name) VALUES ('cinema', \(bona.merchant.id), 'night')")
            let wrong: [Query] = [
                "INSERT INTO user_group_members SELECT \(anna), id, realm, owner_id FROM user_groups WHERE name = 'super-admin'",
                "INSERT INTO user_group_members SELECT \(anna), id, 'client', owner_id FROM user_groups WHERE name = 'super-admin'",
                "INSERT INTO user_group_members SELECT \(clerk), id, realm, owner_id FROM user_groups WHERE name = 'night'",
                "INSERT INTO user_group_members SELECT \(clerk), id, realm, 0 FROM user_groups WHERE name = 'night'",
                "INSERT INTO account_permission_groups SELECT \(anna), id, realm FROM permission_groups",
                "INSERT INTO account_permission_groups SELECT \(anna), id, 'client' FROM permission_groups",
                """
                INSERT INTO user_group_permission_groups
                SELECT user_groups.id, permission_groups.id, user_groups.realm FROM user_groups, permission_groups
                WHERE user_groups.name = 'usher'
                """,
                "INSERT INTO account_cinemas SELECT \(clerk), id, merchant_id FROM cinemas",
                "INSERT INTO account_cinemas SELECT \(clerk), id, \(wanda.merchant.id) FROM cinemas",
                "INSERT INTO account_cinemas SELECT \(anna), id, merchant_id FROM cinemas",
                "INSERT INTO user_groups (realm, merchant_id, name) VALUES ('client', \(bona.merchant.id), 'x')",
            ]
            for query in wrong {
                await #expect(throws: PostgresError.self, "\(query)") { try await pool.execute(query) }
            }
            let members = try await pool.row("SELECT count(*) AS count FROM user_group_members") { try $0["count"] as Int64 }
            #expect(members == 3)
        }
    }

    @Test("Every new account, however it is made, is a member of its realm's default group")
    func defaults() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let moviegoer = try await fixture.principal(of: fixture.signUp("anna"))
            let owner = try await fixture.principal(of: fixture.registerMerchant("wanda").signedIn)
            let root = try await fixture.principal(of: fixture.administrator())
            func held(_ principal: Principal?, _ resource: String) throws -> Int {
                fixture.accounts.principals.effectivePermission(of: try #require(principal), on: resource).rawValue
            }
            #expect(try [held(moviegoer, "orders"), held(moviegoer, "movies"), held(moviegoer, "ledger")] == [7, 1, 0])
            #expect(try [held(owner, "orders"), held(owner, "halls")] == [15, 15])
            #expect(try [held(root, "permissions"), held(root, "anything")] == [15, 15])
        }
    }

    @Test("A hint removes a cached permission before its time")
    func hint() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            configuration.principalLifetime = .seconds(600)
            let here = AccountsFixture(pool: pool, configuration: configuration)
            let anna = try await here.signUp("anna")
            let administrator = try #require(try await here.principal(of: here.administrator()))
            let hints = PermissionHints(principals: here.accounts.principals, configuration: pool.configuration.connection, logger: quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await hints.run() }
                #expect(try await here.principal(of: anna)?.permission == [.read, .write, .modify])
                try await here.withAnotherProcess { try await $0.change(anna.account.id, permission: 1, by: administrator) }
                try await until { try await here.principal(of: anna)?.permission == .read }
                group.cancelAll()
            }
        }
    }

    private static func insert(_ graph: Graph, _ masks: [Int], into pool: PostgresPool) async throws -> World {
        var world = World()
        // Empty of what comes with the program, so that the numbers are the graph's alone.
        for table in ["user_group_permissions", "user_group_members", "permissions"] {
            try await pool.execute("DELETE FROM \(unsafeSQL: table)")
        }
        func id(_ query: Query) async throws -> Int64 { try #require(try await pool.row(query) { try $0["id"] as Int64 }) }
        for (number, mask) in masks.enumerated() {
            world.accounts.append(
                try await id(
                    """
                    INSERT INTO accounts (realm, username, password_hash, permission)
                    VALUES ('client', \("account\(number)"), 'none', \(mask)) RETURNING id
                    """))
        }
        try await pool.execute("DELETE FROM user_group_members")
        for (number, grant) in graph.permissions.enumerated() {
            world.permissions.append(
                try await id(
                    """
                    INSERT INTO permissions (name, resource, bits)
                    VALUES (\("p\(number)"), \(grant.resource), \(grant.bits.rawValue)) RETURNING id
                    """))
        }
        for number in 0..<Graph.groups {
            world.groups.append(try await id("INSERT INTO permission_groups (realm, name) VALUES ('client', \("g\(number)")) RETURNING id"))
        }
        for number in 0..<Graph.userGroups {
            world.userGroups.append(try await id("INSERT INTO user_groups (realm, name) VALUES ('client', \("u\(number)")) RETURNING id"))
        }
        for edge in graph.accountPermissions {
            try await pool.execute("INSERT INTO account_permissions VALUES (\(world.accounts[edge[0]]), \(world.permissions[edge[1]]))")
        }
        for edge in graph.groupPermissions {
            try await pool.execute(
                "INSERT INTO permission_group_permissions VALUES (\(world.groups[edge[0]]), \(world.permissions[edge[1]]))")
        }
        for edge in graph.accountGroups {
            try await pool.execute(
                "INSERT INTO account_permission_groups VALUES (\(world.accounts[edge[0]]), \(world.groups[edge[1]]), 'client')")
        }
        for edge in graph.members {
            try await pool.execute(
                "INSERT INTO user_group_members VALUES (\(world.accounts[edge[0]]), \(world.userGroups[edge[1]]), 'client', 0)")
        }
        for edge in graph.userGroupPermissions {
            try await pool.execute(
                "INSERT INTO user_group_permissions VALUES (\(world.userGroups[edge[0]]), \(world.permissions[edge[1]]))")
        }
        for edge in graph.userGroupGroups {
            try await pool.execute(
                "INSERT INTO user_group_permission_groups VALUES (\(world.userGroups[edge[0]]), \(world.groups[edge[1]]), 'client')")
        }
        return world
    }

    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension PermissionPathTests.World {
    /// A way in the words of the graph.
    fileprivate func way(_ path: PermissionPath) -> [Int] {
        [
            permissions.firstIndex(of: path.permissionID) ?? -2,
            path.permissionGroupID.map { groups.firstIndex(of: $0) ?? -2 } ?? -1,
            path.userGroupID.map { userGroups.firstIndex(of: $0) ?? -2 } ?? -1,
        ]
    }
}
