import Callers
import Database
import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite("Signing up")
struct SigningUpTests {
    @Test("A moviegoer gets an account with permission 7 and a token that counts at once, for 30 days")
    func moviegoer() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let signedIn = try await fixture.signUp("Anna", phone: "138 0013 8000", email: "Anna@Example.com")
            #expect(signedIn.account.username == "anna")
            #expect(signedIn.account.phone == "+8613800138000")
            #expect(signedIn.account.email == "anna@example.com")
            #expect(signedIn.account.permission.rawValue == 7)
            #expect(signedIn.account.merchantID == nil)
            #expect(abs(signedIn.expiresAt.timeIntervalSinceNow - 30 * 24 * 3600) < 60)
            let principal = try #require(try await fixture.principal(of: signedIn))
            #expect(principal.accountID == signedIn.account.id)
            #expect(principal.permission == [.read, .write, .modify])
            #expect(try await fixture.audited("account:\(signedIn.account.id)") == ["account.created", "session.opened"])
        }
    }

    @Test("A merchant registers unverified, with an account that acts for it, for 12 hours")
    func merchant() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let (merchant, signedIn) = try await fixture.registerMerchant("wanda")
            #expect(!merchant.isVerified)
            #expect(signedIn.account.merchantID == merchant.id)
            #expect(signedIn.account.realm == .cinema)
            #expect(abs(signedIn.expiresAt.timeIntervalSinceNow - 12 * 3600) < 60)
            #expect(try await fixture.principal(of: signedIn)?.merchantID == merchant.id)
            #expect(try await fixture.audited("merchant:\(merchant.id)") == ["merchant.registered"])
        }
    }

    @Test("A refused registration leaves no merchant behind")
    func noOrphans() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.registerMerchant("wanda")
            await #expect(throws: Refusal.usernameTaken) { _ = try await fixture.registerMerchant("wanda") }
            let count: Int? = try await pool.row("SELECT count(*) AS n FROM merchants") { try $0["n"] }
            #expect(count == 1)
        }
    }

    @Test("Names are taken within their realm, however they are spelled")
    func taken() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna", phone: "13800138000", email: "anna@example.com")
            await #expect(throws: Refusal.usernameTaken) { _ = try await fixture.signUp("ANNA") }
            await #expect(throws: Refusal.phoneTaken) { _ = try await fixture.signUp("bella", phone: "+86 138-0013-8000") }
            await #expect(throws: Refusal.emailTaken) { _ = try await fixture.signUp("bella", email: "ANNA@example.COM") }
            // Other realms are other worlds.
            _ = try await fixture.registerMerchant("anna")
            _ = try await fixture.accounts.signUp.createAdministrator(username: "anna", password: AccountsFixture.password)
            // Nothing of what was refused remains.
            _ = try await fixture.signUp("bella", phone: "13800138001", email: "bella@example.com")
        }
    }

    @Test("Of twenty who want one username at once, one gets it")
    func concurrent() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let outcomes = await outcomes(0..<20) { _ in try await fixture.signUp("anna") }
            #expect(outcomes.opened == 1)
            #expect(Set(outcomes.refusals.keys) == [Refusal.usernameTaken.code])
            #expect(outcomes.errors.isEmpty)
            let accounts: Int? = try await pool.row("SELECT count(*) AS n FROM accounts") { try $0["n"] }
            #expect(accounts == 1)
        }
    }

    @Test("An administrator has permission 15; a bad name or password makes none")
    func administrators() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let account = try await fixture.accounts.signUp.createAdministrator(username: "Root", password: AccountsFixture.password)
            #expect(account.realm == .admin)
            #expect(account.permission == .everything)
            await #expect(throws: Refusal.usernameTaken) {
                _ = try await fixture.accounts.signUp.createAdministrator(username: "root", password: AccountsFixture.password)
            }
            await #expect(throws: Refusal.usernameInvalid) {
                _ = try await fixture.accounts.signUp.createAdministrator(username: "no", password: AccountsFixture.password)
            }
            await #expect(throws: Refusal.passwordTooShort) {
                _ = try await fixture.accounts.signUp.createAdministrator(username: "other", password: "short")
            }
            let count: Int? = try await pool.row("SELECT count(*) AS n FROM accounts") { try $0["n"] }
            #expect(count == 1)
        }
    }

    @Test("Neither token nor password is stored, anywhere")
    func secrets() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let signedIn = try await fixture.signUp("anna", phone: "13800138000")
            _ = try? await fixture.signIn("anna", password: "a wrong password", in: .client)
            _ = try? await fixture.signIn("my secret password", in: .client)
            let rows: [String] =
                try await pool.rows("SELECT accounts::text AS text FROM accounts") { try $0["text"] }
                + pool.rows("SELECT sessions::text AS text FROM sessions") { try $0["text"] }
                + pool.rows("SELECT audit_events::text AS text FROM audit_events") { try $0["text"] }
            for row in rows {
                #expect(!row.contains(signedIn.token.text.suffix(20)))
                #expect(!row.contains("horse"))
                #expect(!row.contains("wrong password"))
                #expect(!row.contains("secret password"))
            }
            let audit: [String] = try await pool.rows("SELECT audit_events::text AS text FROM audit_events") { try $0["text"] }
            #expect(audit.allSatisfy { !$0.contains("13800138000") })
        }
    }
}
