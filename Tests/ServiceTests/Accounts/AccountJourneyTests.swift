import Callers
import Database
import HTTP
import HTTPTypes
import Shared
import TestSupport
import Testing
import Text

@Suite("Accounts over HTTP")
struct AccountJourneyTests {
    @Test("A moviegoer signs up, sees and changes itself, signs out and in")
    func moviegoer() async throws {
        try await AccountServices.with { services in
            let created = try await services.client.ask(
                .post, "/v1/accounts",
                json: #"{"username":"Anna","password":"correct horse battery","phone":"138 0013 8000","email":"Anna@Example.com"}"#
            )
            #expect(created.status == 201)
            #expect(created.headers[.location] == "/v1/me")
            #expect(created.headers[.cacheControl] == "no-store")
            let account = created["account"]
            #expect(account["username"].text == "anna")
            #expect(account["realm"].text == "client")
            #expect(account["permission"].number == 7)
            #expect(account["phone"].text == "+8613800138000")
            #expect(account["merchant_id"] == .null)
            #expect(!created.body.contains("horse") && !created.body.contains("scrypt"))
            let token = created["token"].text
            #expect(token.hasPrefix("client_"))
            #expect(created["expires_at"].text.hasSuffix("Z"))

            let me = try await services.client.ask(.get, "/v1/me", token: token)
            #expect(me.status == 200)
            #expect(me["id"] == account["id"])
            #expect(me.headers[.eTag]?.hasPrefix("\"1-") == true)
            let changed = try await services.client.ask(
                .patch, "/v1/me", token: token, json: #"{"username":"anna.lee","password":"\#(AccountServices.password)"}"#)
            #expect(changed.status == 200)
            #expect(changed["username"].text == "anna.lee")
            #expect(changed["email"].text == "anna@example.com")

            #expect(try await services.client.ask(.delete, "/v1/sessions/current", token: token).status == 204)
            let after = try await services.client.ask(.get, "/v1/me", token: token)
            #expect(after.status == 401)
            #expect(after.code == "unauthenticated")
            #expect(try await services.client.ask(.delete, "/v1/sessions/current", token: token).status == 401)

            for login in ["anna.lee", "ANNA.LEE", "13800138000", "anna@example.com"] {
                let signedIn = try await services.signIn(login, in: .client)
                #expect(signedIn.status == 201)
                #expect(signedIn["account"]["id"] == account["id"])
            }
        }
    }

    @Test("A merchant registers, is verified by an administrator, and sees it")
    func merchant() async throws {
        try await AccountServices.with { services in
            let registered = try await services.cinema.ask(
                .post, "/v1/accounts",
                json: #"{"username":"wanda","password":"correct horse battery","phone":"0755-83002311","merchant_name":"万达影城"}"#
            )
            #expect(registered.status == 201)
            #expect(registered["merchant"]["name"].text == "万达影城")
            #expect(registered["merchant"]["verified"] == .bool(false))
            #expect(registered["account"]["merchant_id"] == registered["merchant"]["id"])
            #expect(registered["token"].text.hasPrefix("cinema_"))
            let id = registered["merchant"]["id"].number

            let admin = try await services.token(of: "root-admin", in: .admin)
            let waiting = try await services.admin.ask(.get, "/v1/merchants?verified=false", token: admin)
            #expect(waiting["items"].items.map { $0["id"].number } == [id])
            let verified = try await services.admin.ask(
                .post, "/v1/merchants/\(id)/verification", token: admin, json: #"{"verified":true}"#
            )
            #expect(verified.status == 200)
            #expect(verified["verified"] == .bool(true))
            #expect(try await services.admin.ask(.get, "/v1/merchants/\(id)", token: admin)["verified"] == .bool(true))
            #expect(try await services.admin.ask(.get, "/v1/merchants?verified=false", token: admin)["items"].items.isEmpty)
            let me = try await services.cinema.ask(.get, "/v1/me", token: registered["token"].text)
            #expect(me["merchant"]["verified"] == .bool(true))

            let missing = try await services.admin.ask(
                .post, "/v1/merchants/999999/verification", token: admin, json: #"{"verified":true}"#)
            #expect(missing.status == 404)
        }
    }

    @Test("An administrator bans, disables and lets back in, and only what it has seen")
    func administration() async throws {
        try await AccountServices.with { services in
            let token = try await services.token(of: "anna", in: .client)
            let admin = try await services.token(of: "root-admin", in: .admin)
            let list = try await services.admin.ask(.get, "/v1/accounts?realm=client", token: admin)
            let id = try #require(list["items"].items.first)["id"].number
            #expect(list["items"].items.count == 1)
            let path = "/v1/accounts/\(id)"
            let shown = try await services.admin.ask(.get, path, token: admin)
            let tag = try #require(shown.headers[.eTag])

            #expect(try await services.admin.ask(.patch, path, token: admin, json: #"{"permission":1}"#).status == 428)
            let banned = try await services.admin.ask(.patch, path, token: admin, json: #"{"permission":1}"#, ifMatch: tag)
            #expect(banned.status == 200)
            #expect(banned["permission"].number == 1)
            let stale = try await services.admin.ask(.patch, path, token: admin, json: #"{"permission":7}"#, ifMatch: tag)
            #expect(stale.status == 412)
            // A blacklisted account is still signed in and sees itself; its own data needs no permission.
            let me = try await services.client.ask(.get, "/v1/me", token: token)
            #expect(me.status == 200)
            #expect(me["permission"].number == 1)
            let renamed = try await services.client.ask(
                .patch, "/v1/me", token: token, json: #"{"username":"anna2","password":"\#(AccountServices.password)"}"#)
            #expect(renamed.status == 200)

            let disabled = try await services.admin.ask(.patch, path, token: admin, json: #"{"disabled":true}"#, ifMatch: "*")
            #expect(disabled["disabled"] == .bool(true))
            #expect(try await services.client.ask(.get, "/v1/me", token: token).status == 401)
            let refused = try await services.signIn("anna2", in: .client)
            #expect(refused.status == 403)
            #expect(refused.code == "account_disabled")
            let enabled = try await services.admin.ask(
                .patch, path, token: admin, json: #"{"disabled":false,"permission":7}"#, ifMatch: "*")
            #expect(enabled["disabled"] == .bool(false))
            #expect(try await services.signIn("anna2", in: .client).status == 201)

            let own = try await services.admin.ask(.get, "/v1/me", token: admin)["id"].number
            let ownAnswer = try await services.admin.ask(
                .patch, "/v1/accounts/\(own)", token: admin, json: #"{"disabled":true}"#, ifMatch: "*"
            )
            #expect(ownAnswer.status == 409)
            #expect(ownAnswer.code == "own_account")
            for path in ["/v1/accounts/999999", "/v1/accounts/0", "/v1/accounts/x", "/v1/accounts/99999999999999999999"] {
                #expect(try await services.admin.ask(.get, path, token: admin).status == 404)
                #expect(try await services.admin.ask(.patch, path, token: admin, json: #"{"permission":1}"#, ifMatch: "*").status == 404)
            }
        }
    }

    @Test("A token opens its own service and no other", arguments: Realm.allCases, Realm.allCases)
    func realms(of tokenRealm: Realm, at serviceRealm: Realm) async throws {
        try await AccountServices.with { services in
            let token = try await services.token(of: "somebody", in: tokenRealm)
            let service = services.service(of: serviceRealm)
            for (method, path) in [(HTTPRequest.Method.get, "/v1/me"), (.delete, "/v1/sessions/current")] {
                let answer = try await service.ask(method, path, token: token)
                #expect((answer.status < 300) == (tokenRealm == serviceRealm))
                if tokenRealm != serviceRealm { #expect(answer.status == 401 && answer.code == "unauthenticated") }
            }
        }
    }

    @Test("Permission is asked for at each of the administrators' calls")
    func permissions() async throws {
        try await AccountServices.with { services in
            let admin = try await services.token(of: "root-admin", in: .admin)
            _ = try await services.token(of: "anna", in: .client)
            let calls: [(HTTPRequest.Method, String, String?, Int)] = [
                (.get, "/v1/accounts", nil, 1), (.get, "/v1/accounts/1", nil, 1), (.patch, "/v1/accounts/999999", #"{"permission":7}"#, 4),
                (.get, "/v1/merchants", nil, 1), (.get, "/v1/merchants/999999", nil, 1),
                (.post, "/v1/merchants/999999/verification", #"{"verified":true}"#, 4),
            ]
            for permission in [0, 1, 2, 4, 8, 15] {
                try await services.pool.execute("UPDATE accounts SET permission = \(permission) WHERE realm = 'admin'")
                services.accounts.principals.removeCached(accountID: 1)
                for (method, path, json, needed) in calls {
                    let answer = try await services.admin.ask(method, path, token: admin, json: json, ifMatch: json == nil ? nil : "*")
                    #expect((answer.status == 403) == (permission & needed == 0))
                    if answer.status == 403 { #expect(answer.code == "account_restricted") }
                    #expect(try await services.admin.ask(method, path, json: json, ifMatch: "*").status == 401)
                }
            }
        }
    }
}
