import API
import Assembly
import Callers
import Database
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing

@Suite("Refusals in the audit trail")
struct RefusalAuditTests {
    /// Each row about refused requests, as "who: action, endpoint, code, how often".
    private func rows(_ pool: PostgresPool) async throws -> [String] {
        try await pool.rows(
            """
            SELECT coalesce(actor_account_id::text, 'nobody') || ': ' || action || ', ' || subject || ', ' || (details ->> 'code') || ', '
                || (details ->> 'count') AS row
            FROM audit_events
            WHERE action LIKE 'request.%'
            ORDER BY action, subject
            """
        ) { try $0["row"] }
    }

    @Test("Each service writes down who was refused for a missing permission, or was too fast, once for a minute with the count")
    func requests() async throws {
        try await TestDatabase.with(.current) { database in
            let settings = try Platform.settings(databaseURL: database.url)
            for realm in Realm.allCases {
                let assembly = try Platform.assembly(realm, settings)
                let application =
                    switch realm {
                    case .client: try ClientComposition.application(assembly)
                    case .cinema: try CinemaComposition.application(assembly)
                    case .admin: try AdminComposition.application(assembly)
                    }
                try await application.build().test(.router) { service in
                    let platform = Platform(
                        pool: database.pool, client: service, cinema: service, admin: service, administrator: "")
                    let merchantID =
                        realm == .cinema
                        ? try await database.pool.row("INSERT INTO merchants (name) VALUES ('wanda') RETURNING id") {
                            try $0["id"] as Int64
                        }
                        : nil
                    let holder = try await platform.holder(realm, of: merchantID, grants: ["orders": 1])
                    for _ in 0..<3 {
                        let answer = try await service.ask(.get, "/v1/movies", token: holder.token)
                        #expect(answer.status == (realm == .client ? 200 : 403), "\(answer.body)")
                    }
                    if realm == .client {
                        let answer = try await service.ask(
                            .post, "/v1/orders", token: holder.token, json: #"{"showtime_id": 1, "seat_ids": [1]}"#)
                        #expect(answer.status == 403, "\(answer.body)")
                    }
                    // On a slow machine an allowance comes back in between.
                    var throttled = 0
                    for _ in 0..<100 where throttled < 3 {
                        let answer = try await service.ask(
                            .post, "/v1/sessions", json: #"{"login": "nobody", "password": "wrong password"}"#)
                        if answer.status == 429 { throttled += 1 }
                    }
                    try await assembly.accounts.denials.writeCounts()
                    let id = holder.accountID
                    let forbidden = realm == .client ? "POST /v1/orders, account_restricted, 1" : "GET /v1/movies, account_restricted, 3"
                    let expected = [
                        "\(id): request.forbidden, \(forbidden)", "nobody: request.throttled, POST /v1/sessions, sign_in_throttled, 3",
                    ]
                    #expect(Array(try await rows(database.pool)) == expected)
                    // A minute in which nothing was refused leaves no row.
                    try await assembly.accounts.denials.writeCounts()
                    #expect(try await rows(database.pool).count == 2)
                    try await database.pool.execute("ALTER TABLE audit_events DISABLE TRIGGER audit_events_are_only_added")
                    try await database.pool.execute("DELETE FROM audit_events")
                    try await database.pool.execute("ALTER TABLE audit_events ENABLE TRIGGER audit_events_are_only_added")
                    try await database.pool.execute("DELETE FROM sign_in_counts")
                }
            }
        }
    }

    @Test("The same refused sign-in again and again is written down a few times, then counted")
    func signIns() async throws {
        try await AccountServices.with { services in
            for _ in 0..<8 {
                let answer = try await services.client.ask(
                    .post, "/v1/sessions/by-code", json: #"{"phone": "13800138000", "request_id": "x", "code": "123456"}"#)
                #expect(answer.status == 503 || answer.status == 401 || answer.status == 429)
                try await services.pool.execute("DELETE FROM sign_in_counts")
                _ = try await services.signIn("nobody", password: "wrong password", in: .client)
            }
            func reasons() async throws -> [String] {
                try await services.pool.rows(
                    """
                    SELECT concat_ws(' ', details ->> 'reason', details ->> 'count') AS reason
                    FROM audit_events
                    WHERE action = 'session.refused'
                    ORDER BY id
                    """
                ) { try $0["reason"] }
            }
            #expect(try await reasons() == .init(repeating: "unknown_login", count: 5))
            try await services.accounts.denials.writeCounts()
            #expect(try await reasons() == .init(repeating: "unknown_login", count: 5) + ["unknown_login 3"])
        }
    }
}
