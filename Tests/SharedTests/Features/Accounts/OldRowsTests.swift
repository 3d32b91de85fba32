import Callers
import Database
import TestSupport
import Testing

@testable import Shared

@Suite("Sign-ins and sessions that are long over")
struct OldRowsTests {
    @Test("They are deleted after a day, those of today stay")
    func deleted() async throws {
        try await TestDatabase.with(.current) { database in
            let fixture = AccountsFixture(pool: database.pool)
            let codes = QRLogins(pool: database.pool, sessions: fixture.accounts.sessions, realm: .client)
            let apps = Apps(pool: database.pool, sessions: fixture.accounts.sessions, denials: fixture.accounts.denials)
            let anna = try await fixture.signUp("anna")
            let principal = try #require(try await fixture.principal(of: anna))
            let logins = ProviderSignInStore()
            for isOld in [true, false] {
                _ = try await codes.begin(userAgent: nil, address: AccountsFixture.address)
                try await database.pool.withTransaction { transaction in
                    let name = isOld ? "old" : "new"
                    let app = try await apps.register(name: name, realm: .client, by: principal, address: nil, in: transaction).app
                    _ = try await apps.issueTicket(for: app.id, to: principal, address: nil, in: transaction)
                    _ = try await logins.insert(
                        state: OneTimeSecret(.state), browser: OneTimeSecret(.browser), provider: "a", life: .seconds(600), in: transaction
                    )
                }
                guard isOld else { continue }
                for table in ["qr_logins", "app_tickets", "third_party_logins"] {
                    let change = Query(unsafeSQL: "UPDATE \(table) SET expires_at = expires_at - INTERVAL '25 hours'")
                    try await database.pool.execute(change)
                }
            }
            for _ in 0..<2 {
                try await fixture.accounts.deleteOldRows()
                for table in ["qr_logins", "app_tickets", "third_party_logins"] {
                    #expect(try await count(Query(unsafeSQL: "SELECT count(*) FROM \(table)"), in: database.pool) == 1, "\(table)")
                }
            }
        }
    }

    @Test("Sessions that ended 90 days ago are deleted, slice by slice; younger ones, and what counts, stay")
    func sessions() async throws {
        try await TestDatabase.with(.current) { database in
            let (pool, store) = (database.pool, SessionStore())
            let fixture = AccountsFixture(pool: pool)
            let anna = try await fixture.signUp("anna")
            let principal = try #require(try await fixture.principal(of: anna))
            // Days ago: begun, revoked, to be expired.
            let rows: [(Int, Int?, Int)] = [
                (200, nil, 91), (200, nil, 89), (200, 91, -1), (200, 89, 1), (100, nil, -1), (95, 94, 92), (91, 91, 61),
            ]
            for (number, (begun, revoked, expired)) in rows.enumerated() {
                try await pool.execute(
                    """
                    INSERT INTO sessions (token_sha256, account_id, realm, created_at, revoked_at, expires_at)
                    VALUES (
                        sha256(\("\(number)")::text::bytea),
                        \(principal.accountID),
                        'client',
                        now() - make_interval(days => \(begun)::integer),
                        now() - make_interval(days => \(revoked)::integer),
                        now() - make_interval(days => \(expired)::integer)
                    )
                    """)
            }
            let all = try await pool.rows("SELECT id FROM sessions ORDER BY id") { try $0["id"] as Int64 }
            let age = AccountsConfiguration().sessionRecord
            #expect(try await store.deleteOld(endedBefore: age, limit: 2, in: pool) == 2)
            try await fixture.accounts.deleteOldRows()
            let left = try await pool.rows("SELECT id FROM sessions ORDER BY id") { try $0["id"] as Int64 }
            #expect(left == [0, 2, 4, 5].map { all[$0] })
            #expect(try await fixture.principal(of: anna) != nil)
        }
    }

    @Test("A session is deleted only after the sessions that it has approved")
    func parents() async throws {
        try await TestDatabase.with(.current) { database in
            let (pool, store) = (database.pool, SessionStore())
            let fixture = AccountsFixture(pool: pool)
            let principal = try #require(try await fixture.principal(of: try await fixture.signUp("anna")))
            // It began at the moment at which the other ended, and would count without it.
            try await pool.execute(
                """
                INSERT INTO sessions (token_sha256, account_id, realm, parent_session_id, expires_at)
                VALUES (sha256('child'), \(principal.accountID), 'client', \(principal.sessionID), now() + INTERVAL '100 days')
                """)
            try await pool.execute(
                "UPDATE sessions SET created_at = now() - INTERVAL '200 days', revoked_at = now() - INTERVAL '100 days' WHERE id = \(principal.sessionID)"
            )
            let age = AccountsConfiguration().sessionRecord
            #expect(try await store.deleteOld(endedBefore: age, limit: 10, in: pool) == 0)
            try await pool.execute("UPDATE sessions SET created_at = now() - INTERVAL '200 days', expires_at = now() - INTERVAL '91 days'")
            for _ in 0..<2 { #expect(try await store.deleteOld(endedBefore: age, limit: 10, in: pool) == 1) }
        }
    }

    @Test("A session is not deleted while a row of any table refers to it")
    func named() async throws {
        try await TestDatabase.with(.current) { database in
            let (pool, store) = (database.pool, SessionStore())
            let fixture = AccountsFixture(pool: pool)
            let principal = try #require(try await fixture.principal(of: try await fixture.signUp("anna")))
            let apps = Apps(pool: pool, sessions: fixture.accounts.sessions, denials: fixture.accounts.denials)
            try await pool.withTransaction { transaction in
                let app = try await apps.register(name: "app", realm: .client, by: principal, address: nil, in: transaction).app
                _ = try await apps.issueTicket(for: app.id, to: principal, address: nil, in: transaction)
            }
            try await pool.execute(
                "UPDATE sessions SET created_at = now() - INTERVAL '200 days', expires_at = now() - INTERVAL '100 days'")
            #expect(try await store.deleteOld(endedBefore: .seconds(90 * 86_400), limit: 10, in: pool) == 0)
            try await pool.execute("UPDATE app_tickets SET expires_at = now() - INTERVAL '25 hours'")
            try await fixture.accounts.deleteOldRows()
            #expect(try await count("SELECT count(*) FROM sessions", in: pool) == 0)
            // One more would keep the whole slice from being deleted.
            let references = try await pool.rows(
                """
                SELECT conrelid::regclass::text AS name
                FROM pg_constraint
                WHERE contype = 'f'
                    AND confrelid = 'sessions'::regclass
                ORDER BY name
                """
            ) { try $0["name"] as String }
            #expect(references == ["app_tickets", "qr_logins", "sessions"], "SessionStore.deleteOld must spare what these name.")
        }
    }
}
