import Database
import Shared
import TestSupport
import Testing

@Suite("Accounts that were disabled before it was stored by whom")
struct OlderAccountsTests {
    @Test("The audit trail tells whose word it was; where it is silent, it was the platform's")
    func migration() async throws {
        try await TestDatabase.with(.first(13)) { older in
            let database = older.pool
            try await database.execute("INSERT INTO merchants (name) VALUES ('wanda')")
            try await database.execute(
                """
                INSERT INTO accounts (realm, username, password_hash, permission, merchant_id, disabled_at)
                SELECT realm, name, '!', 15, CASE realm WHEN 'cinema' THEN 1 END, CASE WHEN shut THEN now() END
                FROM (
                    VALUES
                        ('admin', 'root', FALSE), ('cinema', 'owner', FALSE), ('cinema', 'by-owner', TRUE), ('cinema', 'by-both', TRUE),
                        ('cinema', 'by-nobody', TRUE), ('cinema', 'again', FALSE)
                ) AS people (realm, name, shut)
                """)
            try await database.execute(
                """
                INSERT INTO audit_events (actor_account_id, action, subject)
                SELECT actors.id, 'account.disabled', 'account:' || accounts.id
                FROM (VALUES ('owner', 'by-owner'), ('owner', 'by-both'), ('root', 'by-both'), ('owner', 'again')) AS done (actor, name)
                JOIN accounts AS actors ON actors.username = done.actor
                JOIN accounts ON accounts.username = done.name
                """)
            _ = try await Migrator(migrations: Migrations.all).migrate(database)
            let words: [String] = try await database.rows(
                "SELECT username || ' ' || coalesce(disabled_by, '-') AS word FROM accounts ORDER BY id"
            ) { try $0["word"] }
            #expect(words == ["root -", "owner -", "by-owner cinema", "by-both admin", "by-nobody admin", "again -"])
        }
    }
}
