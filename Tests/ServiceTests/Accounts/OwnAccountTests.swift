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

@Suite("What people change about themselves, from outside")
struct OwnAccountTests {
    @Test("A new phone number or address needs the password and a code sent to it; taking one away needs the password")
    func changes() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            func patch(_ json: String) async throws -> Asked {
                try await platform.client.ask(.patch, "/v1/me", token: token, json: json)
            }
            let email = #""email": "anna@example.com""#
            let password = #""password": "\#(Platform.password)""#
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
            let unproved = try await patch(#"{"username": "anna2"}"#)
            #expect(unproved.status == 422 && unproved.code == "password_missing" && unproved.pointers == ["/password"])
            #expect(try await patch(#"{"username": "anna2", "password": "not this one"}"#).code == "password_wrong")
            #expect(try await patch(#"{"username": "anna2", \#(password)}"#)["username"].text == "anna2")
            #expect(try await patch(#"{"username": "ANNA2"}"#).status == 200)
            #expect(try await patch("{}").status == 200)
        }
    }

    @Test("Somebody else's code changes nothing")
    func foreignCode() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            let bella = try await platform.moviegoer("bella")
            let json = #"{"phone": "13900139000"}"#
            let asked = try await platform.client.ask(.post, "/v1/me/one-time-codes", token: bella, json: json)
            let proof = try await platform.proof(asked)
            let answer = try await platform.client.ask(
                .patch, "/v1/me", token: token, json: #"{"phone": "13900139000", "password": "\#(Platform.password)", \#(proof)}"#)
            #expect(answer.status == 422 && answer.code == "code_wrong")
        }
    }

    @Test("Merchants and administrators change their own data, too")
    func staff() async throws {
        try await Platform.withSecrets { platform in
            let merchant = try await platform.merchant("wanda").token
            for (service, token) in [(platform.cinema, merchant), (platform.admin, platform.administrator)] {
                let renamed = try await service.ask(
                    .patch, "/v1/me", token: token, json: #"{"username": "renamed", "password": "\#(Platform.password)"}"#)
                #expect(renamed.status == 200 && renamed["username"].text == "renamed")
                #expect(try await service.ask(.get, "/v1/sessions", token: token)["items"].items.count == 1)
                #expect(try await service.ask(.get, "/v1/me/totp", token: token)["enabled"] == .bool(false))
            }
        }
    }

    @Test("A new password ends the other sessions")
    func passwordChange() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            let other = try await platform.signIn("anna")["token"].text
            func change(_ old: String, _ new: String) async throws -> Asked {
                try await platform.client.ask(
                    .post, "/v1/me/password", token: token, json: #"{"password": "\#(old)", "new_password": "\#(new)"}"#)
            }
            let wrong = try await change("not this one", "a whole new thing")
            #expect(wrong.status == 422 && wrong.code == "password_wrong")
            for (new, code) in [("short", "password_too_short"), ("password123", "password_common"), ("anna1234", "password_common")] {
                let refused = try await change(Platform.password, new)
                #expect(refused.status == 422 && refused.code == code && refused.pointers == ["/new_password"])
            }
            #expect(try await change(Platform.password, "a whole new thing").status == 204)
            #expect(try await platform.client.ask(.get, "/v1/me", token: token).status == 200)
            #expect(try await platform.client.ask(.get, "/v1/me", token: other).status == 401)
            #expect(try await platform.signIn("anna").status == 401)
            #expect(try await platform.signIn("anna", password: "a whole new thing").status == 201)
        }
    }

    @Test("A password is set anew by code, once, and all sessions end")
    func reset() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
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
            #expect(try await platform.signIn("anna").status == 401)
            #expect(try await platform.signIn("anna", password: "a whole new thing").status == 201)
        }
    }

    @Test(
        "A password that was hashed in another way is hashed anew at the next sign-in",
        arguments: [PasswordFunction.cheapFormer, .argon2id(Argon2Parameters(memory: 16, passes: 1, lanes: 1))]
    )
    func rehash(former: PasswordFunction) async throws {
        try await Platform.withSecrets { platform in
            _ = try await platform.anna()
            try await platform.setPassword(former)
            #expect(try await platform.signIn("anna", password: "another one").status == 401)
            #expect(try await platform.storedPassword().hasPrefix(former.beginning))
            for _ in 0..<2 { #expect(try await platform.signIn("anna").status == 201) }
            #expect(try await platform.storedPassword().hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        }
    }

    @Test("Of many sign-ins at once that find an old hash, all succeed", .inTurn)
    func rehashTogether() async throws {
        try await Platform.withSecrets { platform in
            _ = try await platform.anna()
            for _ in 0..<5 {
                try await platform.setPassword(.cheapFormer)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<4 { group.addTask { try await platform.signIn("anna").status } }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses == Array(repeating: 201, count: 4))
                #expect(try await platform.storedPassword().hasPrefix("$argon2id$"))
            }
        }
    }

    @Test("Hashing anew never undoes a change of the password that happens at the same time", .inTurn)
    func rehashRace() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            for number in 0..<10 {
                try await platform.setPassword(.cheapFormer)
                let new = "a whole new thing \(number)"
                async let signedIn = platform.signIn("anna")
                async let changed = platform.client.ask(
                    .post, "/v1/me/password", token: token, json: #"{"password": "\#(Platform.password)", "new_password": "\#(new)"}"#)
                // Whoever comes second finds another hash: a sign-in looks again, a change is refused and changes nothing.
                let (signIn, change) = (try await signedIn.status, try await changed.status)
                #expect([201, 401].contains(signIn) && [204, 422].contains(change))
                let expected = change == 204 ? new : Platform.password
                #expect(try await platform.signIn("anna", password: expected).status == 201)
                #expect(try await platform.signIn("anna", password: change == 204 ? Platform.password : new).status == 401)
                try await platform.pool.execute("DELETE FROM sign_in_counts")
            }
        }
    }

    @Test("The one statement that stores a hash anew changes nothing once the password is another one")
    func rehashControl() async throws {
        try await Platform.withSecrets { platform in
            _ = try await platform.anna()
            let id: Int64 = try #require(try await platform.pool.row("SELECT id FROM accounts WHERE username = 'anna'") { try $0["id"] })
            let hasher = PasswordHasher(function: .cheap)
            let seen = try #require(PasswordHash(try await platform.storedPassword()))
            let store = AccountStore()
            let changed = try await hasher.hash(Password(attempt: "a whole new thing"))
            #expect(try await store.setPassword(changed, of: id, insteadOf: nil, in: platform.pool))
            let anew = try await hasher.hash(Password(attempt: Platform.password))
            #expect(try await !store.setPassword(anew, of: id, insteadOf: seen, in: platform.pool))
            #expect(try await platform.storedPassword() == changed.text)
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
}

extension Platform {
    /// Stores anna's password as something else would have hashed it.
    fileprivate func setPassword(_ function: PasswordFunction) async throws {
        let hash = try await PasswordHasher(function: function).hash(Password(attempt: Platform.password)).text
        try await pool.execute("UPDATE accounts SET password_hash = \(hash) WHERE username = 'anna'")
    }

    fileprivate func storedPassword() async throws -> String {
        try #require(try await pool.row("SELECT password_hash FROM accounts WHERE username = 'anna'") { try $0["password_hash"] })
    }
}

extension PasswordFunction {
    /// What a hash of it begins with.
    fileprivate var beginning: String {
        switch self {
        case .argon2id: "$argon2id$v=19$m=16,"
        case .scrypt: "$scrypt$ln=4,"
        }
    }
}
