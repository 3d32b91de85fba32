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

@Suite("Second factors, from outside")
struct SecondFactorJourneyTests {
    @Test("A second factor: set up, asked for, never twice the same code, recovery codes once each, turned off")
    func secondFactor() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            func ask(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> Asked {
                try await platform.client.ask(method, path, token: token, json: json)
            }
            let password = #""password": "\#(Platform.password)""#
            #expect(try await ask(.post, "/v1/me/totp/confirmation", #"{"code": "000000"}"#).code == "totp_not_enabled")
            #expect(try await ask(.post, "/v1/me/totp", #"{"password": "not this one"}"#).code == "password_wrong")
            let setup = try await ask(.post, "/v1/me/totp", "{\(password)}")
            #expect(setup.status == 200 && setup["uri"].text.contains("secret=" + setup["secret"].text))
            let secret = setup["secret"].text
            // Until it is confirmed it isn't asked for.
            #expect(try await platform.signIn("anna").status == 201)
            #expect(try await ask(.post, "/v1/me/totp/confirmation", #"{"code": "x"}"#).code == "code_wrong")
            let code = Platform.totp(secret)
            let confirmed = try await ask(.post, "/v1/me/totp/confirmation", #"{"code": "\#(code)"}"#)
            #expect(confirmed.status == 200)
            let recovery = confirmed["recovery_codes"].items.map(\.text)
            #expect(Set(recovery).count == 10)
            #expect(try await ask(.post, "/v1/me/totp", "{\(password)}").code == "totp_enabled")

            let without = try await platform.signIn("anna")
            #expect(without.status == 401 && without.code == "totp_required")
            #expect(try await platform.signIn("anna", #", "totp": "\#(code)""#).code == "totp_wrong")
            #expect(try await platform.signIn("anna", password: "not this one", #", "totp": "\#(code)""#).code == "credentials_wrong")
            // As though the application's next code were due.
            try await platform.pool.execute("UPDATE totp_secrets SET last_step = 0")
            #expect(try await platform.signIn("anna", #", "totp": "\#(Platform.totp(secret))""#).status == 201)
            #expect(try await platform.signIn("anna", #", "totp": "\#(recovery[0].lowercased())""#).status == 201)
            #expect(try await platform.signIn("anna", #", "totp": "\#(recovery[0])""#).code == "totp_wrong")
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
            #expect(try await platform.signIn("anna").status == 201)
            let stored: [Int] = try await platform.pool.rows("SELECT count(*) AS count FROM recovery_codes") { try $0["count"] }
            #expect(stored == [0])
        }
    }

    @Test("An administrator turns off the second factor of somebody who has lost it")
    func lostSecondFactor() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            let setup = try await platform.client.ask(.post, "/v1/me/totp", token: token, json: #"{"password": "\#(Platform.password)"}"#)
            let confirmed = try await platform.client.ask(
                .post, "/v1/me/totp/confirmation", token: token, json: #"{"code": "\#(Platform.totp(setup["secret"].text))"}"#)
            #expect(confirmed.status == 200)
            let id = try await platform.client.ask(.get, "/v1/me", token: token)["id"].number
            #expect(try await platform.signIn("anna").code == "totp_required")
            #expect(try await platform.admin.ask(.delete, "/v1/accounts/\(id)/totp", token: platform.administrator).status == 204)
            #expect(try await platform.admin.ask(.delete, "/v1/accounts/\(id)/totp", token: platform.administrator).status == 404)
            #expect(try await platform.signIn("anna").status == 201)
        }
    }

    @Test("Without the setting's key there are neither codes nor second factors, and nothing else is missing")
    func unconfigured() async throws {
        try await Platform.with { platform in
            let token = try await platform.anna()
            let codes = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13800138000"}"#)
            #expect(codes.status == 503 && codes.code == "secrets_unavailable")
            let totp = try await platform.client.ask(.post, "/v1/me/totp", token: token, json: #"{"password": "\#(Platform.password)"}"#)
            #expect(totp.status == 503 && totp.code == "secrets_unavailable")
            #expect(try await platform.signIn("anna").status == 201)
        }
    }
}
