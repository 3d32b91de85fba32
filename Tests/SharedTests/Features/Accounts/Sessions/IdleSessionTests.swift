import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Sessions that nobody uses")
struct IdleSessionTests {
    private func passTime(_ interval: String, in pool: PostgresPool) async throws {
        try await pool.execute(
            """
            UPDATE sessions
            SET created_at = created_at - \(interval)::interval,
                last_seen_at = last_seen_at - \(interval)::interval,
                idle_expires_at = idle_expires_at - \(interval)::interval,
                expires_at = expires_at - \(interval)::interval
            """)
    }

    /// Seconds since the last use that is written down.
    private func age(_ sessionID: Int64, in pool: PostgresPool) async throws -> Double {
        try #require(
            try await pool.row(
                "SELECT extract(EPOCH FROM clock_timestamp() - last_seen_at)::float8 AS age FROM sessions WHERE id = \(sessionID)"
            ) {
                try $0["age"] as Double
            })
    }

    @Test("One ends after the time that is set for its realm, for reads, writes, lists and whomever it answers for")
    func ends() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let moviegoer = try await fixture.signUp("anna")
            let clerk = try await fixture.registerMerchant("wanda").signedIn
            let (anna, wanda) = (
                try #require(try await fixture.principal(of: moviegoer)), try #require(try await fixture.principal(of: clerk))
            )
            func counts(_ signedIn: SignedIn, _ principal: Principal) async throws -> [Bool] {
                let accounts = fixture.anotherProcess()
                let isRead = try await accounts.principals.principal(forToken: signedIn.token.text, realm: principal.realm) != nil
                let isListed = try await !accounts.sessions.sessions(of: principal.accountID, page: PageRequest(), in: pool).items.isEmpty
                return try await pool.withTransaction { transaction in
                    var isWritten = true
                    do {
                        try await accounts.principals.recheck(principal, needs: [], of: "", in: transaction)
                    } catch let refusal as Refusal where refusal == .unauthenticated {
                        isWritten = false
                    }
                    let answered = try await accounts.sessions.open(
                        ofAccount: principal.accountID, approvedBy: principal.sessionID, realm: principal.realm,
                        token: Token(realm: principal.realm), address: nil, method: .qrCode, in: transaction)
                    if let answered { try await SessionStore().revokeAll(accountID: answered.account.id, in: transaction) }
                    return [isRead, isListed, isWritten, answered != nil]
                }
            }
            try await passTime("61 minutes", in: pool)
            let clerks = try await counts(clerk, wanda)
            #expect(clerks == [false, false, false, false])
            try await passTime("13 days 22 hours 58 minutes", in: pool)
            // One minute before; looking at it is use.
            #expect(try await fixture.anotherProcess().principals.principal(forToken: moviegoer.token.text, realm: .client) != nil)
            try await passTime("13 days 23 hours 59 minutes", in: pool)
            #expect(try await fixture.anotherProcess().principals.principal(forToken: moviegoer.token.text, realm: .client) != nil)
            try await pool.execute("UPDATE sessions SET expires_at = clock_timestamp() + INTERVAL '100 days'")
            try await passTime("14 days", in: pool)
            let moviegoers = try await counts(moviegoer, anna)
            #expect(moviegoers == [false, false, false, false])
        }
    }

    @Test("Use doesn't keep one beyond its absolute end")
    func absolute() async throws {
        try await withTestDatabase { pool in
            let fixture = AccountsFixture(pool: pool)
            let clerk = try await fixture.registerMerchant("wanda").signedIn
            for _ in 0..<14 {
                try await passTime("50 minutes", in: pool)
                #expect(try await fixture.anotherProcess().principals.principal(forToken: clerk.token.text, realm: .cinema) != nil)
            }
            try await passTime("50 minutes", in: pool)
            #expect(try await fixture.anotherProcess().principals.principal(forToken: clerk.token.text, realm: .cinema) == nil)
        }
    }

    @Test("Use is written down once in a while, by whichever process sees it, and again at once when that failed")
    func writing() async throws {
        try await withTestDatabase { pool in
            var configuration = AccountsConfiguration()
            configuration.principalLifetime = .zero
            let fixture = AccountsFixture(pool: pool, configuration: configuration)
            let signedIn = try await fixture.registerMerchant("wanda").signedIn
            let id = try #require(try await fixture.principal(of: signedIn)).sessionID
            try await passTime("2 minutes", in: pool)
            for accounts in [fixture.accounts, fixture.anotherProcess()] {
                #expect(try await accounts.principals.principal(forToken: signedIn.token.text, realm: .cinema) != nil)
            }
            #expect(try await age(id, in: pool) >= 120)
            try await passTime("2 minutes", in: pool)
            let another = fixture.anotherProcess()
            try await pool.execute(
                "ALTER TABLE sessions ADD CONSTRAINT unwritable CHECK (last_seen_at < clock_timestamp() - INTERVAL '1 minute') NOT VALID")
            #expect(try await another.principals.principal(forToken: signedIn.token.text, realm: .cinema) != nil)
            #expect(try await age(id, in: pool) >= 240)
            try await pool.execute("ALTER TABLE sessions DROP CONSTRAINT unwritable")
            #expect(try await another.principals.principal(forToken: signedIn.token.text, realm: .cinema) != nil)
            #expect(try await age(id, in: pool) < 120)
        }
    }
}
