import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Administering accounts and merchants")
struct AdministrationTests {
    @Test("A ban counts at the next write, in every process, whatever is cached")
    func ban() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            // What is cached here stays cached; for reading, what another process has cached gets too old.
            configuration.principalLifetime = .seconds(600)
            let (fixture, reading) = (AccountsFixture(pool: pool, configuration: configuration), AccountsFixture(pool: pool))
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let signedIn = try await fixture.signUp("anna")
            let here = try #require(try await fixture.principal(of: signedIn))
            #expect(try await reading.principal(of: signedIn) == here)
            // An administrator's process of its own: this one's cache isn't told.
            try await fixture.withAnotherProcess { try await $0.change(here.accountID, permission: 1, by: administrator) }

            #expect(try await fixture.principal(of: signedIn)?.permission == [.read, .write, .modify])
            try await pool.withTransaction { transaction in
                for needed in [Permission.write, .modify, .delete, [.read, .write]] {
                    await #expect(throws: Refusal.lacking(needed, of: "orders")) {
                        try await fixture.accounts.principals.recheck(here, needs: needed, of: "orders", in: transaction)
                    }
                }
                let current = try await fixture.accounts.principals.recheck(here, needs: .read, of: "orders", in: transaction)
                #expect(current.permission == .blacklisted)
                // Signing out and one's own profile need nothing.
                try await fixture.accounts.principals.recheck(here, needs: [], of: "", in: transaction)
            }
            // The session lives on, and reads see the ban as soon as what was cached is too old.
            try await until { try await reading.principal(of: signedIn)?.permission == .blacklisted }
            #expect(try await fixture.audited("account:\(here.accountID)").last == "account.permission_changed")
        }
    }

    @Test("Disabling ends all sessions at once, and they stay ended when the account is enabled again")
    func disabling() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let sessions = [try await fixture.signUp("anna"), try await fixture.signIn("anna", in: .client)]
            let account = sessions[0].account
            let principal = try #require(try await fixture.principal(of: sessions[0]))
            #expect(try await fixture.principal(of: sessions[1]) != nil)

            let disabled = try await fixture.change(account.id, disabled: true, by: administrator)
            #expect(disabled.isDisabled)
            for session in sessions { #expect(try await fixture.principal(of: session) == nil) }
            await #expect(throws: Refusal.unauthenticated) {
                try await pool.withTransaction { _ = try await fixture.accounts.principals.recheck(principal, needs: [], of: "", in: $0) }
            }

            let enabled = try await fixture.change(account.id, disabled: false, by: administrator)
            #expect(!enabled.isDisabled)
            for session in sessions { #expect(try await fixture.principal(of: session) == nil) }
            _ = try await fixture.signIn("anna", in: .client)
            #expect(
                try await fixture.audited("account:\(account.id)")
                    == ["account.created", "session.opened", "session.opened", "account.disabled", "account.enabled", "session.opened"]
            )
        }
    }

    @Test("A deleted account's sessions count for nothing and it isn't there for anybody")
    func deleted() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let signedIn = try await fixture.signUp("anna")
            try await pool.execute("UPDATE accounts SET deleted_at = clock_timestamp() WHERE id = \(signedIn.account.id)")
            #expect(try await fixture.principal(of: signedIn) == nil)
            await #expect(throws: Refusal.notFound) { _ = try await fixture.accounts.administration.account(signedIn.account.id, in: pool) }
            await #expect(throws: Refusal.notFound) { try await fixture.change(signedIn.account.id, permission: 1, by: administrator) }
            // The name stays taken: an old order must never seem to be a newcomer's.
            await #expect(throws: Refusal.usernameTaken) { _ = try await fixture.signUp("anna") }
        }
    }

    @Test("Changes need the version that was seen; the same again changes nothing")
    func versions() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let account = try await fixture.signUp("anna").account
            #expect(account.version == 1)
            let changed = try await fixture.change(account.id, permission: 5, version: 1, by: administrator)
            #expect(changed.version == 2)
            #expect(changed.permission == [.read, .modify])
            await #expect(throws: Refusal.stale) { try await fixture.change(account.id, permission: 7, version: 1, by: administrator) }
            #expect(try await fixture.change(account.id, permission: 5, version: 2, by: administrator).version == 2)
            #expect(try await fixture.change(account.id, version: 2, by: administrator).version == 2)
            #expect(try await fixture.change(account.id, permission: 7, disabled: true, by: administrator).version == 3)
            await #expect(throws: Refusal.notFound) { try await fixture.change(999_999, permission: 1, by: administrator) }
        }
    }

    @Test("An administrator can't disable the account that it is signed in with, and can another one's")
    func ownAccount() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let first = try #require(try await fixture.principal(of: fixture.administrator("first-admin")))
            let second = try #require(try await fixture.principal(of: fixture.administrator("second-admin")))
            await #expect(throws: Refusal.ownAccount) { try await fixture.change(first.accountID, disabled: true, by: first) }
            try await fixture.change(second.accountID, disabled: true, by: first)
        }
    }

    @Test("Accounts are listed by number, by realm, page by page, without gaps or repetitions")
    func listing() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            for number in 0..<7 { _ = try await fixture.signUp("client\(number)") }
            for number in 0..<3 { _ = try await fixture.registerMerchant("cinema\(number)") }
            var seen: [String] = []
            var cursor: String?
            var pages = 0
            repeat {
                let page = try await fixture.accounts.administration.accounts(
                    AccountFilter(realm: .client), page: PageRequest(limit: 3, cursor: cursor), in: pool)
                seen += page.items.map(\.username)
                cursor = page.next
                pages += 1
            } while cursor != nil
            #expect(seen == (0..<7).map { "client\($0)" })
            #expect(pages == 3)
            #expect(try await fixture.accounts.administration.accounts(page: PageRequest(limit: 100), in: pool).items.count == 10)
            #expect(
                try await fixture.accounts.administration.accounts(AccountFilter(realm: .admin), page: PageRequest(), in: pool).items
                    .isEmpty)
            await #expect(throws: Refusal.cursorInvalid) {
                _ = try await fixture.accounts.administration.accounts(page: PageRequest(cursor: "!"), in: pool)
            }
        }
    }

    @Test("A merchant may sell from its verification until that is taken back, and each is written down")
    func verification() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let merchant = try await fixture.registerMerchant("wanda").merchant
            let other = try await fixture.registerMerchant("other").merchant
            let store = MerchantStore()
            #expect(try await !store.isVerified(merchant.id, in: pool))

            let verified = try await Self.verify(merchant.id, true, by: administrator, fixture)
            #expect(verified.isVerified)
            #expect(try await store.isVerified(merchant.id, in: pool))
            #expect(try await !store.isVerified(other.id, in: pool))
            #expect(try await !store.isVerified(999_999, in: pool))
            #expect(try await Self.verify(merchant.id, true, by: administrator, fixture).verifiedAt == verified.verifiedAt)

            #expect(try await fixture.merchants.merchants(verified: true, page: PageRequest(), in: pool).items.map(\.id) == [merchant.id])
            #expect(try await fixture.merchants.merchants(verified: false, page: PageRequest(), in: pool).items.map(\.id) == [other.id])
            #expect(try await fixture.merchants.merchants(verified: nil, page: PageRequest(limit: 1), in: pool).next != nil)

            #expect(try await !Self.verify(merchant.id, false, by: administrator, fixture).isVerified)
            #expect(try await !store.isVerified(merchant.id, in: pool))
            await #expect(throws: Refusal.notFound) { _ = try await Self.verify(999_999, true, by: administrator, fixture) }
            #expect(
                try await fixture.audited("merchant:\(merchant.id)")
                    == ["merchant.registered", "merchant.verified", "merchant.verified", "merchant.verification_withdrawn"]
            )
        }
    }

    private static func verify(_ id: Int64, _ verified: Bool, by administrator: Principal, _ fixture: AccountsFixture) async throws
        -> Merchant
    {
        try await fixture.pool.withTransaction { transaction in
            try await fixture.merchants.verify(id, verified: verified, by: administrator, address: nil, in: transaction)
        }
    }

    @Test("One's own names can be changed to any that is free")
    func profile() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("bella", phone: "13800138001", email: "bella@example.com")
            let signedIn = try await fixture.signUp("anna")
            let principal = try #require(try await fixture.principal(of: signedIn))
            func change(_ change: ProfileChange) async throws -> Account {
                try #require(try await AccountStore().update(principal.accountID, change, proved: nil, in: pool))
            }
            let changed = try await change(ProfileChange(username: "Anna2", phone: "13800138000", email: "ANNA@example.com"))
            #expect(changed.username == "anna2")
            #expect(changed.phone == "+8613800138000")
            #expect(changed.email == "anna@example.com")
            #expect(changed.version == 2)
            #expect(try await change(ProfileChange(username: "anna3")).phone == "+8613800138000")
            await #expect(throws: Refusal.usernameTaken) { _ = try await change(ProfileChange(username: "BELLA")) }
            await #expect(throws: Refusal.phoneTaken) { _ = try await change(ProfileChange(phone: "+8613800138001")) }
            await #expect(throws: Refusal.emailTaken) { _ = try await change(ProfileChange(email: "bella@example.com")) }
            _ = try await fixture.signIn("anna3", in: .client)
            await #expect(throws: Refusal.credentialsWrong) { _ = try await fixture.signIn("anna", in: .client) }
            let rename = try ProfileChange(username: "anna4", phone: "13800138000")
            await #expect(throws: Refusal.passwordMissing) { _ = try await fixture.prove(rename, of: principal) }
            let proven = try await fixture.prove(rename, password: AccountsFixture.password, of: principal)
            let named = try await pool.withTransaction { transaction in
                try await fixture.accounts.ownAccount.changeProfile(of: principal, proven, address: nil, in: transaction)
            }
            #expect(named.username == "anna4" && named.phone == "+8613800138000")
            let details: [String] = try await pool.rows(
                "SELECT details::text AS details FROM audit_events WHERE action = 'account.changed' ORDER BY id"
            ) { try $0["details"] }
            #expect(details == [#"{"fields": "username"}"#])
        }
    }

    @Test(
        "What a change of names needs is looked at again when it is made: a phone number that came meanwhile is neither taken away nor replaced"
    )
    func racingProfile() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let principal = try #require(try await fixture.principal(of: fixture.signUp("anna")))
            func comes(_ phone: String) async throws {
                try await pool.execute("UPDATE accounts SET phone = \(phone) WHERE id = \(principal.accountID)")
            }
            func change(_ proven: ProvenChange) async throws -> Account {
                try await pool.withTransaction { transaction in
                    try await fixture.accounts.ownAccount.changeProfile(of: principal, proven, address: nil, in: transaction)
                }
            }
            let (first, second) = ("+8613800138000", "+8613800138001")
            let none = try await fixture.prove(ProfileChange(phone: .some(nil)), of: principal)
            #expect(try await change(none).phone == nil)
            try await comes(first)
            await #expect(throws: Refusal.contactsChanged) { _ = try await change(none) }
            let same = try await fixture.prove(ProfileChange(phone: first), of: principal)
            #expect(try await change(same).phone == first)
            try await comes(second)
            await #expect(throws: Refusal.contactsChanged) { _ = try await change(same) }
            #expect(try await fixture.accounts.administration.account(principal.accountID, in: pool).phone == second)
            let cleared = try await fixture.prove(ProfileChange(phone: .some(nil)), password: AccountsFixture.password, of: principal)
            #expect(try await change(cleared).phone == nil)
        }
    }

    @Test("The audit trail can only be added to")
    func audit() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna")
            for change: Query in ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"] {
                await #expect(throws: PostgresError.self) { try await pool.execute(change) }
            }
        }
    }
}
