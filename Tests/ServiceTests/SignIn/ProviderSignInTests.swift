import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing
import Text

@Suite("Signing in with an identity provider's account", .serialized)
struct ProviderSignInTests {
    @Test("A first sign-in makes an account without a password, and the next one finds it, even when several come at once")
    func firstSight() async throws {
        try await ProviderWorld.with { world in
            let first = try await world.signIn(as: "alice")
            #expect(first.status == 201, "\(first.body)")
            let account = first["account"]["id"].number
            #expect(first["account"]["email"] == .null)
            let username = first["account"]["username"].text
            let again = try await world.signIn(as: "alice")
            #expect(again["account"]["id"].number == account)
            #expect(again["token"].text != first["token"].text)
            let other = try await world.signIn(as: "bob")
            #expect(other["account"]["id"].number != account)
            let byPassword = try await world.platform.client.ask(
                .post, "/v1/sessions", json: #"{"login": "\#(username)", "password": "!"}"#)
            #expect(byPassword.status == 401)
            let backs = try await Platform.atOnce(5) { _ in try await world.visit(as: "carol") }
            let accounts = try await Platform.atOnce(5) { index in try await world.finish(backs[index])["account"]["id"].number }
            #expect(Set(accounts).count == 1)
            #expect(!accounts.contains(-1))
            let names = try await world.platform.auditActions(like: "account.created")
            // Three, and the administrator.
            #expect(names.count == 4)
            // Somebody of the same subject elsewhere is somebody else.
            let elsewhere = try await world.signIn(as: "alice", at: "other")
            #expect(elsewhere["account"]["id"].number != account)
            try await world.platform.pool.execute("UPDATE accounts SET disabled_at = clock_timestamp() WHERE id = \(account)")
            let disabled = try await world.signIn(as: "alice")
            #expect(disabled.status == 403)
            #expect(disabled.code == "account_disabled")
        }
    }

    @Test("An ID token of another issuer, audience, time, sign-in, key or kind, or without a signature, signs nobody in")
    func badTokens() async throws {
        try await ProviderWorld.with { world in
            let (past, future) = (Int(Date().timeIntervalSince1970) - 3600, Int(Date().timeIntervalSince1970) + 3600)
            let cases = [
                (#"{"claims": {"iss": "https://evil.example"}}"#, "third_party_token_issuer"),
                (#"{"claims": {"nonce": "another"}}"#, "third_party_token_nonce"),
                (#"{"remove": ["nonce"]}"#, "third_party_token_nonce"),
                (#"{"claims": {"exp": \#(past)}}"#, "third_party_token_expired"),
                (#"{"claims": {"aud": ["another"]}}"#, "third_party_token_audience"),
                (#"{"remove": ["exp"]}"#, "third_party_token_malformed"),
                (#"{"alg": "none"}"#, "third_party_token_algorithm"),
                (#"{"alg": "HS256"}"#, "third_party_token_algorithm"),
                (#"{"key": "other"}"#, "third_party_token_signature"),
                (#"{"claims": {"iat": \#(future)}}"#, "third_party_token_early"),
                (#"{"claims": {"nbf": \#(future)}}"#, "third_party_token_early"),
                (#"{"header": {"kid": "nobody's"}}"#, "third_party_token_key"),
                (#"{"header": {"typ": "at+jwt"}}"#, "third_party_token_type"),
                (#"{"header": {"typ": "logout+jwt"}}"#, "third_party_token_type"),
            ]
            for header in [#"{"typ": "JWT"}"#, #"{"typ": "jwt"}"#, #"{"typ": "application/jwt"}"#] {
                try await world.turn(#"{"header": \#(header)}"#)
                #expect(try await world.signIn(as: "alice").status == 201, "\(header)")
            }
            for (knobs, reason) in cases {
                try await world.turn(knobs)
                let answer = try await world.signIn(as: "alice")
                #expect(answer.status == 401, "\(knobs)")
                #expect(answer.code == "third_party_login_invalid")
                let noted = try await world.lastRefusal()
                #expect(noted == reason, "\(knobs)")
            }
            try await world.turn("{}")
            let status1 = try await world.signIn(as: "alice").status
            #expect(status1 == 201)
        }
    }

    @Test("State, code and nonce of one sign-in are worth nothing in another, and each counts once")
    func swaps() async throws {
        try await ProviderWorld.with { world in
            let (mine, theirs) = (try await world.visit(as: "alice"), try await world.visit(as: "mallory"))
            // Somebody else's state in my browser, and mine in theirs.
            let status2 = try await world.finish(mine, state: theirs.state).status
            #expect(status2 == 401)
            let status3 = try await world.finish(theirs, state: mine.state).status
            #expect(status3 == 401)
            // Under another provider's name.
            let status4 = try await world.finish(mine, provider: "other").status
            #expect(status4 == 401)
            let noted5 = try await world.lastRefusal()
            #expect(noted5 == "third_party_state")
            // Somebody else's code in my sign-in: the verifier doesn't fit.
            let injected = try await world.finish(mine, code: theirs.code)
            #expect(injected.status == 401)
            let noted6 = try await world.lastRefusal()
            #expect(noted6 == "third_party_code")
            // That has used mine up.
            let status7 = try await world.finish(mine).status
            #expect(status7 == 401)
            let noted8 = try await world.lastRefusal()
            #expect(noted8 == "third_party_state")
            let fresh = try await world.visit(as: "alice")
            let status9 = try await world.finish(fresh, issuer: "http://evil.example").status
            #expect(status9 == 401)
            let noted10 = try await world.lastRefusal()
            #expect(noted10 == "third_party_issuer")
            let good = try await world.visit(as: "alice")
            let tries = try await Platform.atOnce(5) { _ in try await world.finish(good).status }
            #expect(tries.count(where: { $0 == 201 }) == 1)
            #expect(Set(tries) == [201, 401])
            // The code once more, in a sign-in that is in order.
            let next = try await world.visit(as: "alice")
            let status11 = try await world.finish(next, code: good.code).status
            #expect(status11 == 401)
            let late = try await world.visit(as: "alice")
            try await world.platform.pool.execute("UPDATE third_party_logins SET expires_at = clock_timestamp()")
            let status12 = try await world.finish(late).status
            #expect(status12 == 401)
            let unknown = try await world.platform.client.ask(.post, "/v1/third-party-logins", json: #"{"provider": "nobody"}"#)
            #expect(unknown.status == 422)
            #expect(unknown.code == "provider_unknown")
        }
    }

    @Test("A provider that says that it names itself must do so")
    func namedIssuer() async throws {
        try await ProviderWorld.with { world in
            try await world.turn(#"{"names_itself": true}"#)
            let silent = try await world.visit(as: "alice")
            let status13 = try await world.finish(silent).status
            #expect(status13 == 401)
            let named = try await world.visit(as: "alice")
            let status14 = try await world.finish(named, issuer: world.issuer).status
            #expect(status14 == 201)
        }
    }

    @Test("An address that somebody has without a proof doesn't keep its owner out")
    func unverifiedAddress() async throws {
        try await ProviderWorld.with { world in
            let mallory = try await world.platform.client.ask(
                .post, "/v1/accounts",
                json: #"{"username": "mallory", "password": "\#(Platform.password)", "email": "anna@example.com"}"#)
            #expect(mallory.status == 201)
            try await world.describe("anna-there", #"{"email": "anna@example.com", "email_verified": true}"#)
            let anna = try await world.signIn(as: "anna-there")
            #expect(anna.status == 201)
            #expect(anna["account"]["id"].number != mallory["account"]["id"].number)
        }
    }

    @Test("Linking needs the account's own sign-in and its password or a fresh session, and an address is no proof")
    func linking() async throws {
        try await ProviderWorld.with { world in
            let platform = world.platform
            let anna = try await platform.client.ask(
                .post, "/v1/accounts",
                json: #"{"username": "anna", "password": "\#(Platform.password)", "email": "anna@example.com"}"#)
            let token = anna["token"].text
            try await platform.verifyContacts(of: "anna")
            try await world.describe("anna-there", #"{"email": "anna@example.com", "email_verified": true}"#)
            let stranger = try await world.signIn(as: "anna-there")
            #expect(stranger.status == 409)
            #expect(stranger.code == "linking_needed")
            // An old session asks for the password.
            try await platform.pool.execute("UPDATE sessions SET created_at = created_at - INTERVAL '1 hour' WHERE realm = 'client'")
            let back = try await world.visit(as: "anna-there")
            let unconfirmed = try await world.link(back, token)
            #expect(unconfirmed.status == 403)
            #expect(unconfirmed.code == "confirmation_needed")
            let wrong = try await world.link(back, token, password: "wrong password")
            #expect(wrong.status == 422)
            #expect(wrong.code == "password_wrong")
            let linked = try await world.link(back, token, password: Platform.password)
            #expect(linked.status == 201, "\(linked.body)")
            let signedIn = try await world.signIn(as: "anna-there")
            #expect(signedIn["account"]["id"].number == anna["account"]["id"].number)
            // Nobody else can have it.
            let ben = try await platform.moviegoer("ben")
            let taken = try await world.link(try await world.visit(as: "anna-there"), ben)
            #expect(taken.status == 409)
            #expect(taken.code == "identity_taken")
            let list = try await platform.client.ask(.get, "/v1/me/identities", token: token)
            #expect(list["items"].items.map { $0["provider"].text } == ["mock"])
            let id = linked["id"].number
            let status15 = try await platform.client.ask(.delete, "/v1/me/identities/\(id)", token: ben, json: "{}").status
            #expect(status15 == 404)
            func unlink(_ json: String) async throws -> Asked {
                try await platform.client.ask(.delete, "/v1/me/identities/\(id)", token: token, json: json)
            }
            let unproved = try await unlink("{}")
            #expect(unproved.status == 403 && unproved.code == "confirmation_needed", "\(unproved.body)")
            #expect(try await unlink(#"{"password": "wrong password"}"#).code == "password_wrong")
            #expect(try await unlink(#"{"password": "\#(Platform.password)"}"#).status == 204)
            let actions = try await platform.auditActions(like: "identity.%")
            #expect(actions == ["identity.linked", "identity.unlinked"])
        }
    }

    @Test("The last way into an account stays, also when two are taken away at once")
    func lastWayIn() async throws {
        try await ProviderWorld.with { world in
            let client = world.platform.client
            let token = try await world.signIn(as: "alice")["token"].text
            let first = try await client.ask(.get, "/v1/me/identities", token: token)["items"].items.first?["id"].number ?? -1
            let refused = try await client.ask(.delete, "/v1/me/identities/\(first)", token: token, json: "{}")
            #expect(refused.status == 409)
            #expect(refused.code == "last_way_in")
            let linked = try await world.link(try await world.visit(as: "alice", at: "other"), token)
            #expect(linked.status == 201, "\(linked.body)")
            let ids = [first, linked["id"].number]
            let answers = try await Platform.atOnce(2) { index in
                try await client.ask(.delete, "/v1/me/identities/\(ids[index])", token: token, json: "{}").status
            }
            #expect(answers.sorted() == [204, 409])
        }
    }

    @Test("An account without a password sets one in a fresh session, once, and then needs no identity provider any more")
    func firstPassword() async throws {
        try await ProviderWorld.with { world in
            let client = world.platform.client
            let token = try await world.signIn(as: "alice")["token"].text
            let other = try await world.signIn(as: "alice")
            let username = other["account"]["username"].text
            @Sendable func set(_ json: String, _ token: String) async throws -> Asked {
                try await client.ask(.post, "/v1/me/password", token: token, json: json)
            }
            let new = #""new_password": "a whole new thing""#
            let guessed = try await set(#"{"password": "!", \#(new)}"#, token)
            #expect(guessed.status == 422 && guessed.code == "password_wrong", "\(guessed.body)")
            let short = try await set(#"{"new_password": "short"}"#, token)
            #expect(short.status == 422 && short.pointers == ["/new_password"], "\(short.body)")
            try await world.platform.pool.execute("UPDATE sessions SET created_at = created_at - INTERVAL '6 minutes'")
            let late = try await set("{\(new)}", token)
            #expect(late.status == 403 && late.code == "confirmation_needed", "\(late.body)")
            let fresh = try await world.signIn(as: "alice")["token"].text
            // Where there is a mailbox, it has to prove itself.
            try await world.platform.pool.execute(
                "UPDATE accounts SET email = 'alice@example.com', email_verified_at = now() WHERE username = \(username)")
            let reachable = try await set("{\(new)}", fresh)
            #expect(reachable.status == 409 && reachable.code == "password_set_by_code", "\(reachable.body)")
            try await world.platform.pool.execute("UPDATE accounts SET email_verified_at = NULL WHERE username = \(username)")
            let answers = try await Platform.atOnce(2) { _ in try await set("{\(new)}", fresh).status }
            #expect(answers.contains(204) && Set(answers).isSubset(of: [204, 422]))
            #expect(try await client.ask(.get, "/v1/me", token: token).status == 401)
            #expect(try await client.ask(.get, "/v1/me", token: fresh).status == 200)
            let again = try await set(#"{"new_password": "another new thing"}"#, fresh)
            #expect(again.status == 422 && again.code == "password_missing", "\(again.body)")
            let id = try await client.ask(.get, "/v1/me/identities", token: fresh)["items"].items.first?["id"].number ?? -1
            #expect(try await client.ask(.delete, "/v1/me/identities/\(id)", token: fresh, json: "{}").status == 204)
            let signedIn = try await client.ask(
                .post, "/v1/sessions", json: #"{"login": "\#(username)", "password": "a whole new thing"}"#)
            #expect(signedIn.status == 201, "\(signedIn.body)")
        }
    }

    @Test("A link to a provider that is no longer configured is no way in")
    func providerGone() async throws {
        try await ProviderWorld.with { world in
            let client = world.platform.client
            let token = try await world.signIn(as: "alice")["token"].text
            let first = try await client.ask(.get, "/v1/me/identities", token: token)["items"].items.first?["id"].number ?? -1
            try await world.platform.pool.execute(
                """
                INSERT INTO account_identities (account_id, realm, issuer, subject, provider)
                SELECT account_id, realm, 'https://gone.example', 'alice', 'gone' FROM account_identities WHERE id = \(first)
                """)
            let refused = try await client.ask(.delete, "/v1/me/identities/\(first)", token: token, json: "{}")
            #expect(refused.status == 409 && refused.code == "last_way_in", "\(refused.body)")
        }
    }

    @Test("A provider that can't be reached is 503")
    func unreachable() async throws {
        try await Platform.with(ProviderWorld.environment(port: 9)) { platform in
            let begun = try await platform.client.ask(.post, "/v1/third-party-logins", json: #"{"provider": "mock"}"#)
            #expect(begun.status == 503)
            #expect(begun.code == "provider_unavailable")
        }
    }

    @Test(
        "A service doesn't start with a provider that lacks something or looks like another",
        arguments: [
            ["IDENTITY_PROVIDER_MOCK_ISSUER": "http://id.example"], ["IDENTITY_PROVIDER_MOCK_CLIENT_SECRET": ""],
            ["IDENTITY_PROVIDER_OTHER_REDIRECT_URI": "https://app.example/mock"], ["IDENTITY_PROVIDERS": "mock,mock"],
            ["IDENTITY_PROVIDER_OTHER_ISSUER": "http://127.0.0.1:9"], ["IDENTITY_PROVIDERS": "Mock!"],
        ]
    )
    func settings(changes: [String: String]) throws {
        let environment = ProviderWorld.environment(port: 9).merging(changes) { $1 }
        let settings = try Platform.settings(databaseURL: "postgresql://127.0.0.1:9/none", environment)
        #expect(throws: SettingFault.self) { try Platform.endpoints(.client, settings) }
    }
}
