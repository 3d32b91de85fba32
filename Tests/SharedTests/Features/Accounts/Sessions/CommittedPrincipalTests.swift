import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Cached principals and what this process itself commits")
struct CommittedPrincipalTests {
    private func fixture(_ pool: PostgresPool) -> AccountsFixture {
        var configuration = AccountsConfiguration()
        // What is cached serves for the whole test, unless a commit removes it.
        configuration.principalLifetime = .seconds(600)
        configuration.sessionLimit = 3
        return AccountsFixture(pool: pool, configuration: configuration)
    }

    @Test("A permission that is given or taken, directly or by a group, counts for the very next read")
    func grants() async throws {
        try await withTestDatabase { pool in
            let fixture = fixture(pool)
            let (administration, granting) = (fixture.accounts.permissionAdministration, fixture.accounts.granting)
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let anna = try await fixture.signUp("anna")
            let (permission, group, userGroup) = try await pool.withTransaction { transaction in
                (
                    try await administration.addPermission(
                        NewPermission(name: "tests: read", resource: "tests", bits: 1), by: administrator, in: transaction),
                    try await administration.addPermissionGroup(
                        NewPermissionGroup(realm: .client, name: "testers", permissionIDs: []), by: administrator, in: transaction),
                    try await administration.addUserGroup(
                        NewUserGroup(realm: .client, merchantID: nil, name: "people", permissionIDs: [], permissionGroupIDs: []),
                        by: administrator, in: transaction)
                )
            }
            func holds() async throws -> Bool {
                try #require(try await fixture.principal(of: anna)).grants.contains(permission.grant)
            }
            func give(_ change: AccountGrantsChange) async throws {
                try await pool.withTransaction { transaction in
                    _ = try await granting.changeGrants(
                        of: anna.account.id, change, version: nil, scope: .everybody, by: administrator, needs: nil, address: nil,
                        in: transaction)
                }
            }
            func changeGroup(_ change: GroupChange) async throws {
                try await pool.withTransaction { transaction in
                    _ = try await administration.changePermissionGroup(
                        group.id, change, version: nil, by: administrator, in: transaction)
                }
            }
            func changeUserGroup(_ change: GroupChange) async throws {
                try await pool.withTransaction { transaction in
                    _ = try await administration.changeUserGroup(
                        userGroup.id, change, version: nil, by: administrator, in: transaction)
                }
            }
            #expect(try await !holds())
            try await give(AccountGrantsChange(permissionIDs: [permission.id]))
            #expect(try await holds())
            try await give(AccountGrantsChange(permissionIDs: [], permissionGroupIDs: [group.id]))
            #expect(try await !holds())
            try await changeGroup(GroupChange(permissionIDs: [permission.id]))
            #expect(try await holds())
            try await give(AccountGrantsChange(permissionGroupIDs: [], userGroupIDs: [userGroup.id]))
            #expect(try await !holds())
            try await changeUserGroup(GroupChange(permissionGroupIDs: [group.id]))
            #expect(try await holds())
            try await changeGroup(GroupChange(permissionIDs: []))
            #expect(try await !holds())
            try await changeUserGroup(GroupChange(permissionIDs: [permission.id]))
            #expect(try await holds())
            try await fixture.change(anna.account.id, permission: 0, by: administrator)
            #expect(try await fixture.principal(of: anna)?.permission == [])
        }
    }

    @Test("A session that ends, for whatever reason, is over for the very next read; the others go on")
    func sessions() async throws {
        try await withTestDatabase { pool in
            let fixture = fixture(pool)
            let accounts = fixture.accounts
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            func counts(_ session: SignedIn) async throws -> Bool { try await fixture.principal(of: session) != nil }
            func principal(_ session: SignedIn) async throws -> Principal { try #require(try await fixture.principal(of: session)) }
            let first = try await fixture.signUp("anna")
            let second = try await fixture.signIn("anna", in: .client)
            let third = try await fixture.signIn("anna", in: .client)
            for session in [first, second, third] { #expect(try await counts(session)) }

            // One more than an account may have.
            let fourth = try await fixture.signIn("anna", in: .client)
            #expect(try await !counts(first))
            let leaving = try await principal(second)
            try await pool.withTransaction { try await accounts.sessions.signOut(leaving, address: nil, in: $0) }
            #expect(try await !counts(second))
            let (ended, own) = (try await principal(third), try await principal(fourth))
            try await pool.withTransaction { transaction in
                try await accounts.sessions.revokeSession(ended.sessionID, of: own.accountID, by: own, address: nil, in: transaction)
            }
            #expect(try await !counts(third))

            let fifth = try await fixture.signIn("anna", in: .client)
            #expect(try await counts(fifth))
            let prepared = try await accounts.ownPassword.prepareChange(
                "staple correct horse", old: AccountsFixture.password, of: own, address: AccountsFixture.address)
            try await pool.withTransaction { try await accounts.ownPassword.change(of: own, prepared, address: nil, in: $0) }
            #expect(try await !counts(fifth))
            #expect(try await counts(fourth))
            try await pool.withTransaction { transaction in
                try await accounts.sessions.revokeAllSessions(of: own.accountID, by: administrator, address: nil, in: transaction)
            }
            #expect(try await !counts(fourth))
        }
    }

    @Test("A second factor counts for the very next read once it is confirmed, and no longer once it is removed")
    func secondFactor() async throws {
        try await withTestDatabase { pool in
            let fixture = fixture(pool)
            let factors = fixture.accounts.secondFactors
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let signedIn = try await fixture.administrator("second-admin")
            let principal = try #require(try await fixture.principal(of: signedIn))
            #expect(!principal.hasSecondFactor)
            let own = fixture.accounts.ownSecondFactor
            _ = try await own.begin(of: principal, password: AccountsFixture.password, address: AccountsFixture.address) { begin in
                try await pool.withTransaction { try await begin($0) }
            }
            let factor = try #require(try await SecondFactorStore().factor(of: principal.accountID, in: pool))
            let secret = try #require(AccountsFixture.secrets).open(
                factor.sealedSecret, for: .totp, context: String(principal.accountID))
            let code = TOTP.code(secret: secret, step: TOTP.step(at: factor.now))
            let codes = try await pool.withTransaction { transaction in
                try await own.confirm(of: principal, code: code, address: nil, in: transaction)
            }
            #expect(codes.count == RecoveryCode.count)
            #expect(try await fixture.principal(of: signedIn)?.hasSecondFactor == true)
            try await pool.withTransaction { transaction in
                try await factors.remove(of: principal.accountID, by: administrator, address: nil, in: transaction)
            }
            #expect(try await fixture.principal(of: signedIn) == nil)
        }
    }
}
