import Callers
import Database
import HTTP
import HTTPTypes
import Shared
import TestSupport
import Testing
import Text

@Suite("Accounts over HTTP: what is refused")
struct AccountRefusalTests {
    @Test("A bad sign-up names its field and makes no account")
    func signUps() async throws {
        try await AccountServices.with { services in
            let bad: [(String, Int, String, String)] = [
                (#"{"username":"an","password":"correct horse"}"#, 422, "username_invalid", "/username"),
                (#"{"username":"13800138000","password":"correct horse"}"#, 422, "username_invalid", "/username"),
                (#"{"username":"anna","password":"short"}"#, 422, "password_too_short", "/password"),
                (#"{"username":"anna","password":"\#(String(repeating: "x", count: 129))"}"#, 422, "password_too_long", "/password"),
                (#"{"username":"anna","password":"correct horse","phone":"12"}"#, 422, "phone_invalid", "/phone"),
                (#"{"username":"anna","password":"correct horse","email":"anna"}"#, 422, "email_invalid", "/email"),
                (#"{"username":"anna","password":"correct horse","permission":15}"#, 422, "body_invalid", "/permission"),
                (#"{"username":"anna","password":"correct horse","realm":"admin"}"#, 422, "body_invalid", "/realm"),
                (#"{"username":"anna"}"#, 422, "body_invalid", "/password"),
                (#"{"username":7,"password":"correct horse"}"#, 422, "body_invalid", "/username"),
                (#"{"username":"an\u0000na","password":"correct horse"}"#, 422, "body_invalid", "/username"),
            ]
            for (json, status, code, pointer) in bad {
                let answer = try await services.client.ask(.post, "/v1/accounts", json: json)
                #expect(answer.status == status, "\(json)")
                #expect(answer.code == code, "\(json)")
                #expect(answer.pointers == [pointer], "\(json)")
            }
            #expect(try await services.client.ask(.post, "/v1/accounts", json: "{").status == 400)
            #expect(try await services.client.ask(.post, "/v1/accounts").status >= 400)
            let accounts: Int? = try await services.pool.row("SELECT count(*) AS n FROM accounts") { try $0["n"] }
            #expect(accounts == 0)
        }
    }

    @Test("Taken names are told by their codes")
    func taken() async throws {
        try await AccountServices.with { services in
            let first = #"{"username":"anna","password":"correct horse","phone":"13800138000","email":"anna@example.com"}"#
            #expect(try await services.client.ask(.post, "/v1/accounts", json: first).status == 201)
            let bella = try await services.token(of: "bella", in: .client)
            let taken: [(String, String)] = [
                (#"{"username":"ANNA"}"#, "username_taken"), (#"{"phone":"+86 13800138000"}"#, "phone_taken"),
                (#"{"email":"ANNA@example.com"}"#, "email_taken"),
            ]
            for (json, code) in taken {
                let change = try await services.client.ask(.patch, "/v1/me", token: bella, json: json)
                // A name needs a proof before anything is told of it.
                #expect(change.status == 422)
                #expect(change.code == "password_missing")
                let fields = json.dropFirst().dropLast()
                let name = code == "username_taken" ? "" : #""username":"carla","#
                let signUp = try await services.client.ask(.post, "/v1/accounts", json: #"{\#(name)"password":"correct horse",\#(fields)}"#)
                #expect(signUp.status == 409)
                #expect(signUp.code == code)
            }
            let renamed = try await services.client.ask(
                .patch, "/v1/me", token: bella, json: #"{"username":"ANNA","password":"\#(AccountServices.password)"}"#)
            #expect(renamed.status == 409 && renamed.code == "username_taken")
            let me = try await services.client.ask(.get, "/v1/me", token: bella)
            #expect(me["username"].text == "bella")
            #expect(me["phone"] == .null)
        }
    }

    @Test("A wrong password and an unknown name can't be told apart")
    func signIns() async throws {
        try await AccountServices.with { services in
            _ = try await services.token(of: "anna", in: .client)
            let wrong = try await services.signIn("anna", password: "wrong password", in: .client)
            let unknown = try await services.signIn("nobody", password: "wrong password", in: .client)
            for answer in [wrong, unknown] {
                #expect(answer.status == 401)
                #expect(answer.code == "credentials_wrong")
            }
            #expect(wrong["detail"] == unknown["detail"])
            #expect(wrong["title"] == unknown["title"])
            #expect(wrong.headers.map(\.name) == unknown.headers.map(\.name))
        }
    }

    @Test("After some wrong passwords one must wait, and is told how long")
    func throttling() async throws {
        try await AccountServices.with { services in
            _ = try await services.token(of: "anna", in: .client)
            for _ in 0..<5 {
                #expect(try await services.signIn("anna", password: "wrong password", in: .client).status == 401)
            }
            let answer = try await services.signIn("anna", in: .client)
            #expect(answer.status == 429)
            #expect(answer.code == "sign_in_throttled")
            #expect(answer.headers[.retryAfter] == "1")
        }
    }

    @Test("An administrator's change of an account is refused when permission or switch is wrong")
    func changes() async throws {
        try await AccountServices.with { services in
            let admin = try await services.token(of: "root-admin", in: .admin)
            _ = try await services.token(of: "anna", in: .client)
            let id = try await services.admin.ask(.get, "/v1/accounts?realm=client", token: admin)["items"].items.first?["id"].number ?? 0
            for json in [
                #"{"permission":16}"#, #"{"permission":-1}"#, #"{"permission":"7"}"#, #"{"permission":1.5}"#, #"{"permission":null}"#,
                #"{"disabled":"yes"}"#, #"{"username":"other"}"#, #"{"password":"correct horse"}"#, "[]", "7",
            ] {
                let answer = try await services.admin.ask(.patch, "/v1/accounts/\(id)", token: admin, json: json, ifMatch: "*")
                #expect(answer.status == 422, "\(json)")
            }
            #expect(try await services.admin.ask(.get, "/v1/accounts?realm=other", token: admin).status == 400)
            #expect(try await services.admin.ask(.get, "/v1/accounts?cursor=abc", token: admin).status == 400)
            #expect(try await services.admin.ask(.get, "/v1/accounts?limit=101", token: admin).status == 400)
            let account = try await services.admin.ask(.get, "/v1/accounts/\(id)", token: admin)
            #expect(account["permission"].number == 7)
            #expect(account.headers[.eTag]?.hasPrefix("\"1-") == true)
        }
    }
}
