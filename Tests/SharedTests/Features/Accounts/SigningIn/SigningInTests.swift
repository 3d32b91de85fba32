import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Signing in and out")
struct SigningInTests {
    @Test("One signs in by username, phone number or e-mail address, however they are written")
    func logins() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let first = try await fixture.signUp("anna", phone: "13800138000", email: "anna@example.com")
            for login in ["anna", "ANNA", "13800138000", "+86 138 0013 8000", "008613800138000", "Anna@Example.com"] {
                let signedIn = try await fixture.signIn(login, in: .client)
                #expect(signedIn.account.id == first.account.id)
                #expect(signedIn.token != first.token)
                #expect(try await fixture.principal(of: signedIn) != nil)
            }
            #expect(try await fixture.principal(of: first) != nil)
        }
    }

    @Test("A wrong password, an unknown name, another realm's name and a deleted account get one answer, at the price of one hash each")
    func wrong() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let signedIn = try await fixture.signUp("anna")
            let gone = try await fixture.signUp("gone")
            try await pool.execute("UPDATE accounts SET deleted_at = clock_timestamp() WHERE id = \(gone.account.id)")
            let tries: [(String, String, Realm)] = [
                ("anna", "wrong password", .client), ("nobody", AccountsFixture.password, .client),
                ("anna", AccountsFixture.password, .cinema),
                ("anna", AccountsFixture.password, .admin), ("anna@example.com", AccountsFixture.password, .client),
                ("+8613800138000", AccountsFixture.password, .client), ("?", "?", .client), ("", "", .client), ("anna", "", .client),
                ("gone", AccountsFixture.password, .client), ("' OR 1=1 --", "x", .client),
            ]
            for (number, (login, password, realm)) in tries.enumerated() {
                let before = fixture.hasher.performed
                await #expect(throws: Refusal.credentialsWrong) {
                    _ = try await fixture.signIn(login, password: password, in: realm, from: "198.51.100.\(number)")
                }
                #expect(fixture.hasher.performed == before + 1)
            }
            #expect(
                try await fixture.audited("account:\(signedIn.account.id)")
                    == ["account.created", "session.opened", "session.refused", "session.refused"]
            )
            #expect(try await fixture.audited("sign_in:client").count == 7)
        }
    }

    @Test("A disabled account is told so only after its right password")
    func disabled() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let administrator = try #require(try await fixture.principal(of: fixture.administrator()))
            let signedIn = try await fixture.signUp("anna")
            try await fixture.change(signedIn.account.id, disabled: true, by: administrator)
            await #expect(throws: Refusal.accountDisabled) { _ = try await fixture.signIn("anna", in: .client) }
            await #expect(throws: Refusal.credentialsWrong) {
                _ = try await fixture.signIn("anna", password: "wrong password", in: .client)
            }
        }
    }

    @Test("A token is worth something in its own realm only", arguments: Realm.allCases, Realm.allCases)
    func realms(of tokenRealm: Realm, asked: Realm) async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let signedIn =
                switch tokenRealm {
                case .client: try await fixture.signUp("anna")
                case .cinema: try await fixture.registerMerchant("wanda").signedIn
                case .admin: try await fixture.administrator()
                }
            let principal = try await fixture.accounts.principals.principal(forToken: signedIn.token.text, realm: asked)
            #expect((principal != nil) == (tokenRealm == asked))
        }
    }

    @Test("The stored realm is the authority: a row that says otherwise than the prefix is worth nothing")
    func storedRealm() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let signedIn = try await fixture.signUp("anna")
            try await pool.execute("UPDATE sessions SET realm = 'admin' WHERE account_id = \(signedIn.account.id)")
            for realm in Realm.allCases {
                #expect(try await fixture.accounts.principals.principal(forToken: signedIn.token.text, realm: realm) == nil)
            }
        }
    }

    @Test("After signing out the token is worth nothing, and another session of the same account still counts")
    func signingOut() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let first = try await fixture.signUp("anna")
            let second = try await fixture.signIn("anna", in: .client)
            let principal = try #require(try await fixture.principal(of: first))
            try await pool.withTransaction { try await fixture.accounts.sessions.signOut(principal, address: nil, in: $0) }
            #expect(try await fixture.principal(of: first) == nil)
            #expect(try await fixture.principal(of: second) != nil)
            #expect(try await fixture.audited("session:\(principal.sessionID)") == ["session.closed"])
            await #expect(throws: Refusal.unauthenticated) {
                try await pool.withTransaction { _ = try await fixture.accounts.principals.recheck(principal, needs: [], of: "", in: $0) }
            }
        }
    }

    @Test("A session ends by itself")
    func expiry() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let signedIn = try await fixture.signUp("anna")
            let principal = try #require(try await fixture.principal(of: signedIn))
            try await pool.execute(
                """
                UPDATE sessions
                SET created_at = clock_timestamp() - INTERVAL '2 hours', expires_at = clock_timestamp() - INTERVAL '1 microsecond'
                WHERE account_id = \(signedIn.account.id)
                """
            )
            #expect(try await fixture.anotherProcess().principals.principal(forToken: signedIn.token.text, realm: .client) == nil)
            await #expect(throws: Refusal.unauthenticated) {
                try await pool.withTransaction { _ = try await fixture.accounts.principals.recheck(principal, needs: [], of: "", in: $0) }
            }
        }
    }

    @Test("The length of sessions is a setting")
    func lengths() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            configuration.clientSession = .seconds(7_777)
            configuration.principalLifetime = .zero
            let fixture = AccountsFixture(pool: pool, configuration: configuration)
            let signedIn = try await fixture.signUp("anna")
            let length = try await pool.row(
                "SELECT extract(EPOCH FROM expires_at - created_at)::float8 AS seconds FROM sessions"
            ) { try $0["seconds"] as Double }
            #expect(length?.rounded() == 7_777)
            #expect(try await fixture.principal(of: signedIn) != nil)
            try await pool.execute(
                "UPDATE sessions SET created_at = created_at - INTERVAL '7778 seconds', expires_at = expires_at - INTERVAL '7778 seconds'")
            #expect(try await fixture.principal(of: signedIn) == nil)
        }
    }

    @Test("Too many wrong passwords must wait, without a hash; the owner signs in from elsewhere meanwhile")
    func throttling() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool, throttle: .unhurried)
            _ = try await fixture.signUp("anna", phone: "13800138000")
            for _ in 0..<5 {
                await #expect(throws: Refusal.credentialsWrong) {
                    _ = try await fixture.signIn("Anna", password: "wrong password", in: .client, from: "6.6.6.6")
                }
            }
            let before = fixture.hasher.performed
            let refusal = await #expect(throws: Refusal.self) { _ = try await fixture.signIn("ANNA", in: .client, from: "6.6.6.6") }
            #expect(refusal?.code == "sign_in_throttled")
            #expect(fixture.hasher.performed == before)
            _ = try await fixture.signIn("anna", in: .client, from: "1.1.1.1")
        }
    }

    @Test("Wrong passwords count together under all names of an account, and under all spellings of a name that nobody has")
    func oneCount() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool, throttle: .unhurried)
            _ = try await fixture.signUp("anna", phone: "13800138000", email: "anna@example.com")
            let spellings = [
                ["anna", "ANNA", "138 0013 8000", "+8613800138000", "Anna@Example.com", "anna"],
                ["nobody", "NoBody", "nobody", "NOBODY", "nobodY", "nobody"],
                ["139 0013 9000", "+86 13900139000", "008613900139000", "13900139000", "(139)00139000", "139-0013-9000"],
                ["?", "no name", "???", "", "+", "ä"],
            ]
            for (number, names) in spellings.enumerated() {
                let address = "6.6.6.\(number)"
                for name in names.prefix(5) {
                    await #expect(throws: Refusal.credentialsWrong) {
                        _ = try await fixture.signIn(name, password: "wrong password", in: .client, from: address)
                    }
                }
                for name in names {
                    let refusal = await #expect(throws: Refusal.self, "\(name)") {
                        _ = try await fixture.signIn(name, in: .client, from: address)
                    }
                    #expect(refusal?.code == "sign_in_throttled", "\(name)")
                }
            }
            // Another realm's account of that name is another account, and another name another name.
            await #expect(throws: Refusal.credentialsWrong) { _ = try await fixture.signIn("anna", in: .cinema, from: "6.6.6.0") }
            await #expect(throws: Refusal.credentialsWrong) { _ = try await fixture.signIn("nobody2", in: .client, from: "6.6.6.1") }
        }
    }

    @Test("Somebody who signs in under one name is known under its other names at that address")
    func knownUnderAllNames() async throws {
        try await withTestDatabase { pool in
            let stranger = ThrottleRule(free: 3, first: .seconds(60), longest: .seconds(60), memory: .seconds(1000))
            let fixture = AccountsFixture(pool: pool, throttle: SignInThrottle(stranger: stranger))
            _ = try await fixture.signUp("anna", phone: "13800138000")
            _ = try await fixture.signIn("13800138000", in: .client, from: "1.1.1.1")
            for number in 0..<3 {
                await #expect(throws: Refusal.credentialsWrong) {
                    _ = try await fixture.signIn("anna", password: "wrong password", in: .client, from: "6.6.6.\(number)")
                }
            }
            await #expect(throws: Refusal.self) { _ = try await fixture.signIn("13800138000", in: .client, from: "7.7.7.7") }
            _ = try await fixture.signIn("anna", in: .client, from: "1.1.1.1")
        }
    }

    @Test("Junk tokens never reach the database")
    func junk() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            _ = try await fixture.signUp("anna")
            // Without its table every question to the database fails.
            try await pool.execute("ALTER TABLE sessions RENAME TO hidden_sessions")
            for text in ["", "junk", "client_" + String(repeating: "a", count: 36), "admin_x", String(repeating: "x", count: 10_000)] {
                #expect(try await fixture.accounts.principals.principal(forToken: text, realm: .client) == nil)
            }
            #expect(try await fixture.accounts.principals.principal(forToken: Token(realm: .admin).text, realm: .client) == nil)
            await #expect(throws: PostgresError.self) {
                _ = try await fixture.accounts.principals.principal(forToken: Token(realm: .client).text, realm: .client)
            }
        }
    }
}

extension SignInThrottle {
    /// With waits so long that the next try still has to wait on the slowest machine.
    fileprivate static var unhurried: SignInThrottle {
        SignInThrottle(login: ThrottleRule(free: 5, first: .seconds(900), longest: .seconds(900), memory: .seconds(3_600)))
    }
}
