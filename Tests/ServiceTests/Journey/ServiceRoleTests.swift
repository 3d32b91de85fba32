import Database
import Foundation
import NIOHTTP1
import Presentation
import Shared
import TestSupport
import Testing

/// Each service alone, as a process of its own: in the other tests all three run beside each other.
@Suite("The jobs of services under their roles", .inTurn)
struct ServiceRoleTests {
    private func with(
        _ realm: Realm, on database: TestDatabase, _ body: (RunningService) async throws -> Void
    ) async throws {
        let environment = try Platform.environment(databaseURL: database.url(of: realm.service), ["ORDERS_SWEEP_SECONDS": "1"])
        try await RunningService.with(1, of: realm.serviceName, environment) { services in try await body(services[0]) }
    }

    /// - Parameter rows: a table and what follows FROM.
    private func count(_ rows: String, in database: TestDatabase) async throws -> Int {
        try await database.pool.row(Query(unsafeSQL: "SELECT count(*) AS count FROM \(rows)")) { try $0["count"] as Int } ?? -1
    }

    @Test("Each service sweeps orders and works off the outbox", arguments: Realm.allCases)
    func shared(realm: Realm) async throws {
        try await TestDatabase.with { database in
            let world = try await BookingWorld(in: database.pool)
            let buyer = try await RunningBuyer(world.buyers[0], in: database.pool)
            try await with(.client, on: database) { service in
                let order = try await buyer.order(world, showtime: 0, seat: 0, at: service)
                #expect(order.status == 201, "\(order.body)")
                #expect(try await buyer.pay(order["id"].text, at: service).status == 201)
            }
            try await database.pool.execute("UPDATE orders SET expires_at = now() - INTERVAL '1 hour'")
            // It was killed, so its lease would have to run out.
            try await database.pool.execute("DELETE FROM leases")
            try await with(realm, on: database) { _ in
                try await until { try await count("orders WHERE state = 'expired'", in: database) == 1 }
                // Nobody is at the gateway's address: what matters is that it was called and that this was noted.
                try await until { try await count("outbox WHERE attempts > 0 AND last_error IS NOT NULL", in: database) == 1 }
            }
        }
    }

    @Test("A service whose role lacks rights says which command gives them, and is ready once it has them")
    func rightsMissing() async throws {
        try await TestDatabase.with { database in
            let url = database.url(of: .cinema)
            let role = try #require(URLComponents(string: url)?.user)
            try await database.pool.execute(Query(unsafeSQL: "REVOKE ALL ON schema_migrations FROM \(role)"))
            try await RunningService.with(
                1, of: "CinemaService", try Platform.environment(databaseURL: url), answering: "/livez"
            ) { services in
                #expect(try await services[0].ask(.GET, "/readyz").status == 503)
                try await services[0].writes("run AdminService grant ROLE CinemaService")
                let granted = try await AdminCommand(databaseURL: database.url).run("grant", role, "CinemaService")
                #expect(granted.status == 0, "\(granted)")
                try await until { try await services[0].ask(.GET, "/readyz").status == 200 }
                #expect(await services[0].terminate() == 0)
                #expect(try !services[0].written.contains("owns the tables"))
            }
        }
    }

    @Test("A service that connects as the owner of the tables works, and says so once")
    func owner() async throws {
        try await TestDatabase.with { database in
            try await RunningService.with(1, of: "AdminService", try Platform.environment(databaseURL: database.url)) { services in
                for _ in 0..<3 {
                    #expect(try await services[0].ask(.GET, "/readyz").status == 200)
                    // What was found out counts for a second.
                    try await letPass(.milliseconds(1_100))
                }
                #expect(await services[0].terminate() == 0)
                #expect(try services[0].written.components(separatedBy: "owns the tables").count == 2)
            }
        }
    }

    @Test("AdminService alone asks for bills and deletes what is old")
    func bookkeeping() async throws {
        try await TestDatabase.with { database in
            let account = try await BookingWorld(in: database.pool).buyers[0].accountID
            try await database.pool.execute(
                """
                INSERT INTO sessions (token_sha256, account_id, realm, created_at, expires_at)
                VALUES (sha256('old'), \(account), 'client', now() - INTERVAL '200 days', now() - INTERVAL '100 days')
                """)
            try await database.pool.execute(
                """
                INSERT INTO idempotency_records (account_id, operation, key, request_sha256, status, body, created_at)
                VALUES (\(account), 'POST /v1/orders', 'old', sha256('old'), 201, '', now() - INTERVAL '2 days')
                """)
            try await database.pool.execute(
                "INSERT INTO outbox (kind, payload, done_at) VALUES ('old', '{}', now() - INTERVAL '8 days')")
            try await database.pool.execute(
                """
                INSERT INTO third_party_logins (state_sha256, browser_sha256, provider, expires_at)
                VALUES (sha256('a'), sha256('b'), 'old', now() - INTERVAL '2 days')
                """)
            let old = [
                "sessions WHERE expires_at < now()", "idempotency_records WHERE key = 'old'", "outbox WHERE kind = 'old'",
                "third_party_logins",
            ]
            for realm in [Realm.client, .cinema] {
                try await with(realm, on: database) { _ in
                    try await until { try await count("leases WHERE name = 'sweep-orders'", in: database) == 1 }
                    #expect(try await count("leases WHERE name IN ('reconcile', 'forget-old-rows')", in: database) == 0)
                }
                try await database.pool.execute("DELETE FROM leases")
            }
            for table in old { #expect(try await count(table, in: database) == 1, "\(table)") }
            try await with(.admin, on: database) { _ in
                for table in old { try await until { try await count(table, in: database) == 0 } }
                try await until { try await count("leases WHERE name = 'reconcile'", in: database) == 1 }
            }
        }
    }
}
