import Callers
import Database
import Shared
import TestSupport
import Testing

@Suite("Notices from before the refused ones had a table of their own")
struct OlderNoticesTests {
    @Test("Refused ones move with all that was recorded, believed ones stay and change no more, and both remain one list")
    func migration() async throws {
        let notices = try #require(Migrations.all.firstIndex { $0.name == "notices" })
        try await TestDatabase.with(.first(notices)) { older in
            let database = older.pool
            try await database.execute(
                """
                INSERT INTO payment_notifications (gateway, out_trade_no, trade_no, trade_status, amount_fen, outcome)
                VALUES ('alipay', 'P1', 'T1', 'succeeded', 100, 'paid')
                """)
            try await database.execute(
                """
                INSERT INTO payment_notifications (
                    gateway, out_trade_no, outcome, is_proven, detail, content_type, body_sha256, body_start
                )
                VALUES
                    ('alipay', 'P1', 'malformed', TRUE, 'total_amount', 'text/plain', sha256('a'), 'a=1'),
                    ('alipay', NULL, 'form_invalid', FALSE, NULL, NULL, sha256('b'), NULL)
                """)
            try await database.execute(
                """
                INSERT INTO payment_notifications (gateway, out_trade_no, trade_no, trade_status, amount_fen, outcome)
                VALUES ('alipay', 'P2', 'T2', 'succeeded', 100, 'paid')
                """)
            _ = try await Migrator(migrations: Migrations.all).migrate(database)
            func count(_ table: String) async throws -> Int? {
                try await database.row(Query(unsafeSQL: "SELECT count(*) AS count FROM \(table)")) { try $0["count"] as Int }
            }
            #expect(try await count("payment_notifications") == 2)
            #expect(try await count("refused_notices") == 2)
            let records = PaymentRecords()
            let page = try await records.notifications(outcome: nil, outTradeNo: nil, page: PageRequest(limit: 3), in: database)
            #expect(page.items.map(\.outcome.rawValue) == ["paid", "form_invalid", "malformed"])
            #expect(page.items.map(\.isProven) == [true, false, true])
            #expect(page.items.map(\.detail) == [nil, nil, "total_amount"])
            #expect(page.items.map(\.bodyStart) == [nil, "", "a=1"])
            let next = try await records.notifications(
                outcome: nil, outTradeNo: nil, page: PageRequest(limit: 3, cursor: page.next), in: database)
            #expect(next.items.map(\.outTradeNo) == ["P1"] && next.items.map(\.outcome.rawValue) == ["paid"])
            let named = try await records.notifications(outcome: nil, outTradeNo: "P1", page: PageRequest(), in: database)
            #expect(named.items.map(\.outcome.rawValue) == ["malformed", "paid"])
            for item in page.items + next.items { #expect(try await records.notification(item.id, in: database) == item) }
            for change in ["UPDATE payment_notifications SET outcome = 'paid'", "DELETE FROM payment_notifications"] as [Query] {
                await #expect(throws: PostgresError.self) { try await database.execute(change) }
            }
            // A new one is the newest, wherever it stands.
            try await database.execute(
                """
                INSERT INTO refused_notices (gateway, outcome, is_proven, body_sha256, body_start)
                VALUES ('x', 'malformed', TRUE, sha256('c'), '')
                """)
            let newest = try await records.notifications(outcome: nil, outTradeNo: nil, page: PageRequest(limit: 1), in: database)
            #expect(newest.items.map(\.gateway) == ["x"])
        }
    }
}
