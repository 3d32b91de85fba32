import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Somebody remains who may do everything")
struct LastAdministratorTests {
    /// Super-admins, signed in.
    private static func administrators(_ count: Int, _ fixture: AccountsFixture) async throws -> [Principal] {
        var principals: [Principal] = []
        for number in 0..<count {
            principals.append(try #require(try await fixture.principal(of: fixture.administrator("super-\(number)"))))
        }
        return principals
    }

    private static func able(in pool: PostgresPool) async throws -> Int {
        try await count(
            "SELECT count(*) FROM accounts WHERE realm = 'admin' AND disabled_at IS NULL AND permission = 15", in: pool)
    }

    @Test("The last super-admin can neither be disabled nor lose a permission, and one of two can")
    func last() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let both = try await Self.administrators(2, fixture)
            try await fixture.change(both[1].accountID, permission: 7, by: both[0])
            await #expect(throws: Refusal.lastOwner) { try await fixture.change(both[0].accountID, permission: 7, by: both[0]) }
            try await fixture.change(both[1].accountID, permission: 15, by: both[0])
            try await fixture.change(both[0].accountID, permission: 7, by: both[0])
            // Not by the one that may less now, and not by itself.
            await #expect(throws: Refusal.grantNotHeld) { try await fixture.change(both[1].accountID, disabled: true, by: both[0]) }
            await #expect(throws: Refusal.ownAccount) { try await fixture.change(both[1].accountID, disabled: true, by: both[1]) }
            #expect(try await Self.able(in: pool) == 1)
        }
    }

    @Test("Of two super-admins that disable each other at once, exactly one succeeds", arguments: 0..<10)
    func race(round: Int) async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let both = try await Self.administrators(2, fixture)
            let outcomes = await outcomes(0..<2) { index in
                try await fixture.change(
                    both[1 - index].accountID, permission: round.isMultiple(of: 2) ? nil : 1,
                    disabled: round.isMultiple(of: 2) ? true : nil,
                    by: both[index])
            }
            #expect(outcomes.opened == 1)
            #expect(outcomes.errors.isEmpty)
            // The slower one is shut out already, or may do too little.
            #expect(try await Self.able(in: pool) == 1)
        }
    }

    @Test("Of six that all disable the next one at once, the one that was disabled first does nothing more")
    func circle() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let all = try await Self.administrators(6, fixture)
            let outcomes = await outcomes(all.indices) { index in
                try await fixture.change(all[(index + 1) % 6].accountID, disabled: true, by: all[index])
            }
            #expect(outcomes.errors.isEmpty)
            #expect(Set(outcomes.refusals.keys) == ["unauthenticated"])
            #expect(try await Self.able(in: pool) == 6 - outcomes.opened)
        }
    }

    @Test("An administrator that loses its permission while it waits for another's change can't make its own change")
    func lostMeanwhile() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let all = try await Self.administrators(3, fixture)
            // The third one holds nothing, so that nothing else that is compared stands in the way.
            try await pool.withTransaction { transaction in
                _ = try await fixture.accounts.granting.changeGrants(
                    of: all[2].accountID, AccountGrantsChange(userGroupIDs: []), version: nil, scope: .everybody, by: all[0], needs: nil,
                    address: nil, in: transaction)
            }
            let waiting = try await pool.withTransaction { transaction in
                try await UserGroupStore().lockDefault(of: .admin, in: transaction)
                let waiting = Task { try await fixture.change(all[2].accountID, disabled: true, by: all[1]) }
                _ = try await AccountStore().update(all[1].accountID, permission: [.read, .write], disabledBy: nil, in: transaction)
                return waiting
            }
            await #expect(throws: Refusal.lacking(.modify, of: "accounts")) { _ = try await waiting.value }
            try await fixture.change(all[1].accountID, permission: 15, by: all[0])
            #expect(try await fixture.change(all[2].accountID, disabled: true, by: all[1]).isDisabled)
        }
    }

    @Test("Control: with the same check of who remains, but without the lock, both are disabled and nobody remains")
    func control() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let both = try await Self.administrators(2, fixture)
            let bothHaveLooked = Meeting(of: 2)
            let outcomes = await outcomes(both) { target in
                try await pool.withTransaction { transaction in
                    _ = try await AccountStore().update(target.accountID, permission: .everything, disabledBy: .admin, in: transaction)
                    let remains = try await UserGroupStore().hasOwner(realm: .admin, merchantID: nil, in: transaction)
                    await bothHaveLooked.arrive()
                    guard remains else { throw Refusal.lastOwner }
                }
            }
            #expect(outcomes.opened == 2)
            #expect(try await Self.able(in: pool) == 0)
        }
    }
}
