import API
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Searching accounts and the audit trail")
struct AccountSearchTests {
    @Test("Accounts are found by name, phone number, address, state and merchant")
    func filters() async throws {
        try await Platform.withSecrets { platform in
            _ = try await platform.anna()
            _ = try await platform.moviegoer("annabel")
            _ = try await platform.moviegoer("bella")
            let merchant = try await platform.merchant("annex")
            try await platform.pool.execute(
                "UPDATE accounts SET disabled_at = clock_timestamp(), email = 'b@example.com' WHERE username = 'bella'")
            let cases: [(String, [String])] = [
                ("username=ann", ["anna", "annabel", "annex"]), ("username=ANN&realm=client", ["anna", "annabel"]), ("username=%25", []),
                ("username=_", []), ("phone=13800138000", ["anna"]), ("email=B@example.com", ["bella"]), ("disabled=true", ["bella"]),
                ("disabled=false&realm=client", ["anna", "annabel"]), ("merchant_id=\(merchant.id)", ["annex"]), ("merchant_id=999", []),
            ]
            for (query, names) in cases {
                let answer = try await platform.admin.ask(.get, "/v1/accounts?\(query)", token: platform.administrator)
                #expect(answer["items"].items.map { $0["username"].text } == names, "\(query): \(answer.body)")
            }
            for query in ["phone=x", "email=x", "disabled=x", "merchant_id=0"] {
                #expect(try await platform.admin.ask(.get, "/v1/accounts?\(query)", token: platform.administrator).status == 400)
            }
        }
    }

    @Test("The audit trail tells who did what, and is searched by actor, subject, action and time")
    func audit() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            let id = try await platform.client.ask(.get, "/v1/me", token: token)["id"].number
            #expect(try await platform.signIn("anna", password: "not this one").status == 401)
            _ = try await platform.client.ask(
                .patch, "/v1/me", token: token, json: #"{"username": "anna2", "password": "\#(Platform.password)"}"#)
            func search(_ query: String) async throws -> [JSONValue] {
                let answer = try await platform.admin.ask(.get, "/v1/audit-events?\(query)", token: platform.administrator)
                #expect(answer.status == 200, "\(answer.body)")
                return answer["items"].items
            }
            let about = try await search("subject=account:\(id)").map { $0["action"].text }
            #expect(about == ["account.changed", "session.refused", "session.opened", "account.created"])
            #expect(try await search("actor_account_id=\(id)&action=account.changed").count == 1)
            #expect(try await search("action=session.refused").map { $0["details"].text } == [#"{"reason": "wrong_password"}"#])
            #expect(try await search("subject=account:\(id)&from=2100-01-01T00:00:00Z").isEmpty)
            #expect(try await search("subject=account:\(id)&to=2000-01-01T00:00:00Z").isEmpty)
            let page = try await platform.admin.ask(.get, "/v1/audit-events?limit=1", token: platform.administrator)
            let next = try await platform.admin.ask(
                .get, "/v1/audit-events?limit=1&cursor=\(page["next"].text)", token: platform.administrator)
            #expect(next["items"].items.first?["id"].number == (page["items"].items.first?["id"].number ?? 0) - 1)
            #expect(try await platform.admin.ask(.get, "/v1/audit-events?from=x", token: platform.administrator).status == 400)
            #expect(try await platform.client.ask(.get, "/v1/audit-events", token: token).status == 404)
        }
    }
}
