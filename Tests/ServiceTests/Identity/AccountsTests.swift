import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Presentation
import TestSupport
import Testing

@testable import Shared

@Suite("Accounts, from outside")
struct AccountsTests {
    private static let password = Platform.password

    private static func with(_ test: @Sendable (Platform) async throws -> Void) async throws {
        try await Platform.with(Platform.sendingCodes, test)
    }

    /// A moviegoer with a verified phone number.
    private func anna(_ platform: Platform, phone: String = "13800138000") async throws -> String {
        let answer = try await platform.client.ask(
            .post, "/v1/accounts", json: #"{"username": "anna", "password": "\#(Self.password)", "phone": "\#(phone)"}"#)
        #expect(answer.status == 201)
        try await platform.verifyContacts(of: "anna")
        return answer["token"].text
    }

    private func signIn(
        _ platform: Platform, _ more: String = "", password: String = password, at realm: Realm = .client, login: String = "anna"
    ) async throws -> Asked {
        try await platform.service(of: realm).ask(
            .post, "/v1/sessions", json: #"{"login": "\#(login)", "password": "\#(password)"\#(more)}"#)
    }

    private func totp(_ secret: String) -> String {
        TOTP.code(secret: Self.bytes(base32: secret), step: TOTP.step(at: Date().timeIntervalSince1970))
    }

    private static func bytes(base32 text: String) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let bits = text.flatMap { character -> [Int] in
            let value = alphabet.firstIndex(of: character) ?? 0
            return (0..<5).map { value >> (4 - $0) & 1 }
        }
        return stride(from: 0, to: bits.count - 7, by: 8).map { start in bits[start..<start + 8].reduce(0 as UInt8) { $0 << 1 | UInt8($1) }
        }
    }

    @Test("Signing in by code, in each realm; who is nobody gets the same answer and no code")
    func byCode() async throws {
        try await Self.with { platform in
            _ = try await anna(platform)
            let json = #"{"purpose": "sign_in", "phone": "13800138000"}"#
            let sent = try await platform.client.ask(.post, "/v1/one-time-codes", json: json)
            #expect(sent.status == 202)
            #expect(sent["expires_in"].number == 300 && sent["resend_after"].number == 60)
            let code = try await platform.lastCode()
            let request = #""request_id": "\#(sent["request_id"].text)""#
            let nobody = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13900139000"}"#)
            #expect(nobody.status == 202)
            #expect(nobody.body.replacing(nobody["request_id"].text, with: sent["request_id"].text) == sent.body)
            #expect(try await platform.lastCode() == "nobody")
            let again = try await platform.client.ask(.post, "/v1/one-time-codes", json: json)
            #expect(again.status == 429 && again.code == "code_too_soon" && again.headers[.retryAfter] != nil)

            let wrong = try await platform.client.ask(
                .post, "/v1/sessions/by-code",
                json: #"{"phone": "13800138000", \#(request), "code": "\#(code == "000000" ? "1" : "0")00000"}"#)
            #expect(wrong.status == 401 && wrong.code == "code_wrong")
            let right = #"{"phone": "+86 138 0013 8000", \#(request), "code": "\#(code)"}"#
            #expect(try await platform.cinema.ask(.post, "/v1/sessions/by-code", json: right).status == 401)
            let signedIn = try await platform.client.ask(.post, "/v1/sessions/by-code", json: right)
            #expect(signedIn.status == 201)
            #expect(try await platform.client.ask(.get, "/v1/me", token: signedIn["token"].text)["username"].text == "anna")
            #expect(try await platform.client.ask(.post, "/v1/sessions/by-code", json: right).status == 401)

            for (path, body) in [
                ("/v1/one-time-codes", #"{"purpose": "sign_in"}"#), ("/v1/sessions/by-code", #"{"request_id": "x", "code": "123456"}"#),
                ("/v1/one-time-codes", #"{"purpose": "sign_in", "phone": "13800138000", "email": "a@example.com"}"#),
            ] {
                let answer = try await platform.client.ask(.post, path, json: body)
                #expect(answer.status == 422 && answer.code == "destination_ambiguous")
            }
            let purpose = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "change_phone", "phone": "13800138000"}"#)
            #expect(purpose.status == 422 && purpose.pointers == ["/purpose"])
        }
    }

    @Test("A disabled account gets no code")
    func disabled() async throws {
        try await Self.with { platform in
            _ = try await anna(platform)
            try await platform.pool.execute("UPDATE accounts SET disabled_at = clock_timestamp() WHERE username = 'anna'")
            let sent = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13800138000"}"#)
            #expect(sent.status == 202)
            #expect(try await platform.lastCode() == "nobody")
        }
    }

    @Test("A new phone number or address needs the password and a code sent to it; taking one away needs the password")
    func changes() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            func patch(_ json: String) async throws -> Asked {
                try await platform.client.ask(.patch, "/v1/me", token: token, json: json)
            }
            let email = #""email": "anna@example.com""#
            let password = #""password": "\#(Self.password)""#
            #expect(try await patch("{\(email)}").code == "password_missing")
            #expect(try await patch("{\(email), \(password)}").code == "code_missing")
            let asked = try await platform.client.ask(.post, "/v1/me/one-time-codes", token: token, json: "{\(email)}")
            #expect(asked.status == 202)
            let code = try await platform.lastCode()
            let request = #""request_id": "\#(asked["request_id"].text)""#
            let withoutRequest = try await patch(#"{\#(email), \#(password), "code": "\#(code)"}"#)
            #expect(withoutRequest.status == 422 && withoutRequest.pointers == ["/request_id"])
            let wrongPassword = try await patch(#"{\#(email), \#(request), "code": "\#(code)", "password": "not this one"}"#)
            #expect(wrongPassword.status == 422 && wrongPassword.code == "password_wrong" && wrongPassword.pointers == ["/password"])
            let wrongCode = try await patch(#"{\#(email), \#(request), \#(password), "code": "x"}"#)
            #expect(wrongCode.status == 422 && wrongCode.code == "code_wrong" && wrongCode.pointers == ["/code"])
            let otherEmail = try await patch(#"{"email": "other@example.com", \#(request), \#(password), "code": "\#(code)"}"#)
            #expect(otherEmail.code == "code_wrong")
            let both = try await patch(#"{\#(email), "phone": "13900139000", \#(request), \#(password), "code": "\#(code)"}"#)
            #expect(both.status == 422 && both.code == "one_at_a_time")
            let changed = try await patch(#"{\#(email), \#(request), \#(password), "code": "\#(code)"}"#)
            #expect(changed.status == 200 && changed["email"].text == "anna@example.com" && changed["phone"].text == "+8613800138000")

            // What is there already needs no proof; the code was good once.
            #expect(try await patch("{\(email)}").status == 200)
            #expect(try await patch(#"{"phone": null}"#).code == "password_missing")
            let cleared = try await patch(#"{"phone": null, \#(password)}"#)
            #expect(cleared.status == 200 && cleared["phone"] == .null)
            #expect(try await patch(#"{"phone": null}"#).status == 200)
            #expect(try await patch(#"{"username": "anna2"}"#)["username"].text == "anna2")
            #expect(try await patch("{}").status == 200)
        }
    }

    @Test("Somebody else's code changes nothing")
    func foreignCode() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            let bella = try await platform.moviegoer("bella")
            let json = #"{"phone": "13900139000"}"#
            let asked = try await platform.client.ask(.post, "/v1/me/one-time-codes", token: bella, json: json)
            let proof = try await platform.proof(asked)
            let answer = try await platform.client.ask(
                .patch, "/v1/me", token: token, json: #"{"phone": "13900139000", "password": "\#(Self.password)", \#(proof)}"#)
            #expect(answer.status == 422 && answer.code == "code_wrong")
        }
    }

    @Test("Merchants and administrators change their own data, too")
    func staff() async throws {
        try await Self.with { platform in
            let merchant = try await platform.merchant("wanda").token
            for (service, token) in [(platform.cinema, merchant), (platform.admin, platform.administrator)] {
                let renamed = try await service.ask(.patch, "/v1/me", token: token, json: #"{"username": "renamed"}"#)
                #expect(renamed.status == 200 && renamed["username"].text == "renamed")
                #expect(try await service.ask(.get, "/v1/sessions", token: token)["items"].items.count == 1)
                #expect(try await service.ask(.get, "/v1/me/totp", token: token)["enabled"] == .bool(false))
            }
        }
    }

    @Test("A new password ends the other sessions")
    func passwordChange() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            let other = try await signIn(platform)["token"].text
            func change(_ old: String, _ new: String) async throws -> Asked {
                try await platform.client.ask(
                    .post, "/v1/me/password", token: token, json: #"{"password": "\#(old)", "new_password": "\#(new)"}"#)
            }
            let wrong = try await change("not this one", "a whole new thing")
            #expect(wrong.status == 422 && wrong.code == "password_wrong")
            for (new, code) in [("short", "password_too_short"), ("password123", "password_common"), ("anna1234", "password_common")] {
                let refused = try await change(Self.password, new)
                #expect(refused.status == 422 && refused.code == code && refused.pointers == ["/new_password"])
            }
            #expect(try await change(Self.password, "a whole new thing").status == 204)
            #expect(try await platform.client.ask(.get, "/v1/me", token: token).status == 200)
            #expect(try await platform.client.ask(.get, "/v1/me", token: other).status == 401)
            #expect(try await signIn(platform).status == 401)
            #expect(try await signIn(platform, password: "a whole new thing").status == 201)
        }
    }

    @Test("A password is set anew by code, once, and all sessions end")
    func reset() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            let sent = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "reset_password", "phone": "13800138000"}"#)
            #expect(sent.status == 202)
            let code = try await platform.lastCode()
            let request = #""request_id": "\#(sent["request_id"].text)""#
            func reset(_ code: String, _ new: String, phone: String = "13800138000") async throws -> Asked {
                try await platform.client.ask(
                    .post, "/v1/password-resets",
                    json: #"{"phone": "\#(phone)", \#(request), "code": "\#(code)", "new_password": "\#(new)"}"#)
            }
            let wrong = try await reset("x", "a whole new thing")
            #expect(wrong.status == 422 && wrong.code == "code_wrong")
            let nobody = try await reset(code, "a whole new thing", phone: "13900139000")
            #expect(nobody.status == 422 && nobody.body.contains("code_wrong"))
            #expect(try await reset(code, "password123").code == "password_common")
            let asSignIn = try await platform.client.ask(
                .post, "/v1/sessions/by-code", json: #"{"phone": "13800138000", \#(request), "code": "\#(code)"}"#)
            #expect(asSignIn.status == 401)
            #expect(try await reset(code, "a whole new thing").status == 204)
            #expect(try await reset(code, "another new thing").status == 422)
            #expect(try await platform.client.ask(.get, "/v1/me", token: token).status == 401)
            #expect(try await signIn(platform).status == 401)
            #expect(try await signIn(platform, password: "a whole new thing").status == 201)
        }
    }

    @Test("Sessions are listed and ended by their owner alone; an administrator ends anybody's")
    func sessions() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            let other = try await signIn(platform)["token"].text
            let bella = try await platform.moviegoer("bella")
            let list = try await platform.client.ask(.get, "/v1/sessions", token: token)
            #expect(list["items"].items.map { $0["method"].text } == ["password", "sign_up"])
            #expect(list["items"].items.map { $0["current"] } == [.bool(false), .bool(true)])
            #expect(!list.body.contains(token.suffix(20)))
            let id = list["items"].items[0]["id"].number
            #expect(try await platform.client.ask(.delete, "/v1/sessions/\(id)", token: bella).status == 404)
            #expect(try await platform.client.ask(.get, "/v1/me", token: other).status == 200)
            #expect(try await platform.client.ask(.delete, "/v1/sessions/\(id)", token: token).status == 204)
            #expect(try await platform.client.ask(.get, "/v1/me", token: other).status == 401)
            #expect(try await platform.client.ask(.delete, "/v1/sessions/\(id)", token: token).status == 404)

            let me = try await platform.client.ask(.get, "/v1/me", token: token)["id"].number
            let path = "/v1/accounts/\(me)/sessions"
            let listed = try await platform.admin.ask(.get, path, token: platform.administrator)
            #expect(listed["items"].items.count == 1)
            let last = listed["items"].items[0]["id"].number
            #expect(try await platform.admin.ask(.delete, "/v1/accounts/999/sessions/\(last)", token: platform.administrator).status == 404)
            #expect(try await platform.admin.ask(.delete, "\(path)/\(last)", token: platform.administrator).status == 204)
            #expect(try await platform.admin.ask(.delete, path, token: platform.administrator).status == 204)
            #expect(try await platform.admin.ask(.get, path, token: platform.administrator)["items"].items.isEmpty)
            #expect(try await platform.admin.ask(.get, "/v1/accounts/999/sessions", token: platform.administrator).status == 404)
        }
    }

    @Test("The twenty-first session ends the oldest")
    func sessionLimit() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            for _ in 0..<19 { _ = try await signIn(platform) }
            #expect(try await platform.client.ask(.get, "/v1/me", token: token).status == 200)
            let newest = try await signIn(platform)["token"].text
            let items = try await platform.client.ask(.get, "/v1/sessions?limit=100", token: newest)["items"].items
            #expect(items.count == 20 && !items.contains { $0["method"].text == "sign_up" })
        }
    }

    @Test("A second factor: set up, asked for, never twice the same code, recovery codes once each, turned off")
    func secondFactor() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            func ask(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> Asked {
                try await platform.client.ask(method, path, token: token, json: json)
            }
            let password = #""password": "\#(Self.password)""#
            #expect(try await ask(.post, "/v1/me/totp/confirmation", #"{"code": "000000"}"#).code == "totp_not_enabled")
            #expect(try await ask(.post, "/v1/me/totp", #"{"password": "not this one"}"#).code == "password_wrong")
            let setup = try await ask(.post, "/v1/me/totp", "{\(password)}")
            #expect(setup.status == 200 && setup["uri"].text.contains("secret=" + setup["secret"].text))
            let secret = setup["secret"].text
            // Until it is confirmed it isn't asked for.
            #expect(try await signIn(platform).status == 201)
            #expect(try await ask(.post, "/v1/me/totp/confirmation", #"{"code": "x"}"#).code == "code_wrong")
            let code = totp(secret)
            let confirmed = try await ask(.post, "/v1/me/totp/confirmation", #"{"code": "\#(code)"}"#)
            #expect(confirmed.status == 200)
            let recovery = confirmed["recovery_codes"].items.map(\.text)
            #expect(Set(recovery).count == 10)
            #expect(try await ask(.post, "/v1/me/totp", "{\(password)}").code == "totp_enabled")

            let without = try await signIn(platform)
            #expect(without.status == 401 && without.code == "totp_required")
            #expect(try await signIn(platform, #", "totp": "\#(code)""#).code == "totp_wrong")
            #expect(try await signIn(platform, #", "totp": "\#(code)""#, password: "not this one").code == "credentials_wrong")
            // As though the application's next code were due.
            try await platform.pool.execute("UPDATE totp_secrets SET last_step = 0")
            #expect(try await signIn(platform, #", "totp": "\#(totp(secret))""#).status == 201)
            #expect(try await signIn(platform, #", "totp": "\#(recovery[0].lowercased())""#).status == 201)
            #expect(try await signIn(platform, #", "totp": "\#(recovery[0])""#).code == "totp_wrong")
            let state = try await ask(.get, "/v1/me/totp")
            #expect(state["enabled"] == .bool(true) && state["recovery_codes_left"].number == 9)

            // By code, too, the second factor is asked for, and the code isn't used up by the question.
            let asked = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13800138000"}"#)
            let sms = try await platform.proof(asked)
            let half = try await platform.client.ask(.post, "/v1/sessions/by-code", json: #"{"phone": "13800138000", \#(sms)}"#)
            #expect(half.status == 401 && half.code == "totp_required")
            let whole = try await platform.client.ask(
                .post, "/v1/sessions/by-code", json: #"{"phone": "13800138000", \#(sms), "totp": "\#(recovery[1])"}"#)
            #expect(whole.status == 201)

            #expect(try await ask(.delete, "/v1/me/totp", #"{\#(password), "code": "x"}"#).code == "code_wrong")
            #expect(try await ask(.delete, "/v1/me/totp", #"{\#(password), "code": "\#(recovery[2])"}"#).status == 204)
            #expect(try await ask(.delete, "/v1/me/totp", #"{\#(password), "code": "x"}"#).code == "totp_not_enabled")
            #expect(try await signIn(platform).status == 201)
            let stored: [Int] = try await platform.pool.rows("SELECT count(*) AS count FROM recovery_codes") { try $0["count"] }
            #expect(stored == [0])
        }
    }

    @Test("An administrator turns off the second factor of somebody who has lost it")
    func lostSecondFactor() async throws {
        try await Self.with { platform in
            let token = try await anna(platform)
            let setup = try await platform.client.ask(.post, "/v1/me/totp", token: token, json: #"{"password": "\#(Self.password)"}"#)
            let confirmed = try await platform.client.ask(
                .post, "/v1/me/totp/confirmation", token: token, json: #"{"code": "\#(totp(setup["secret"].text))"}"#)
            #expect(confirmed.status == 200)
            let id = try await platform.client.ask(.get, "/v1/me", token: token)["id"].number
            #expect(try await signIn(platform).code == "totp_required")
            #expect(try await platform.admin.ask(.delete, "/v1/accounts/\(id)/totp", token: platform.administrator).status == 204)
            #expect(try await platform.admin.ask(.delete, "/v1/accounts/\(id)/totp", token: platform.administrator).status == 404)
            #expect(try await signIn(platform).status == 201)
        }
    }

    @Test("Without the setting's key there are neither codes nor second factors, and nothing else is missing")
    func unconfigured() async throws {
        try await Platform.with { platform in
            let token = try await anna(platform)
            let codes = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13800138000"}"#)
            #expect(codes.status == 503 && codes.code == "secrets_unavailable")
            let totp = try await platform.client.ask(.post, "/v1/me/totp", token: token, json: #"{"password": "\#(Self.password)"}"#)
            #expect(totp.status == 503 && totp.code == "secrets_unavailable")
            #expect(try await signIn(platform).status == 201)
        }
    }

    @Test("Merchants' passwords have 15 characters, or what is set")
    func staffPasswords() async throws {
        let json = #"{"username": "wanda", "password": "tr4vel-by-sea", "phone": "13900139000", "merchant_name": "Wanda"}"#
        try await Platform.with { platform in
            let refused = try await platform.cinema.ask(.post, "/v1/accounts", json: json)
            #expect(refused.status == 422 && refused.code == "password_too_short" && refused.pointers == ["/password"])
            #expect(refused["detail"].text.contains("15"))
        }
        try await Platform.with(["IDENTITY_STAFF_PASSWORD_MINIMUM": "12"]) { platform in
            let taken = try await platform.cinema.ask(.post, "/v1/accounts", json: json)
            #expect(taken.status == 201)
        }
    }

    @Test("Accounts are found by name, phone number, address, state and merchant")
    func filters() async throws {
        try await Self.with { platform in
            _ = try await anna(platform)
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
        try await Self.with { platform in
            let token = try await anna(platform)
            let id = try await platform.client.ask(.get, "/v1/me", token: token)["id"].number
            #expect(try await signIn(platform, password: "not this one").status == 401)
            _ = try await platform.client.ask(.patch, "/v1/me", token: token, json: #"{"username": "anna2"}"#)
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

    @Test("A password that was hashed at another cost is hashed anew at the next sign-in")
    func rehash() async throws {
        try await Self.with { platform in
            _ = try await anna(platform)
            let old = PasswordHasher(parameters: ScryptParameters(logarithmicCost: 5, blockSize: 8, parallelism: 1))
            let hash = try await old.hash(Password(attempt: Self.password)).text
            try await platform.pool.execute("UPDATE accounts SET password_hash = \(hash) WHERE username = 'anna'")
            for _ in 0..<2 { #expect(try await signIn(platform).status == 201) }
            let stored: String? = try await platform.pool.row("SELECT password_hash FROM accounts WHERE username = 'anna'") {
                try $0["password_hash"]
            }
            #expect(stored?.hasPrefix("$scrypt$ln=4,") == true)
        }
    }
}
