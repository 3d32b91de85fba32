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

@Suite("Codes and sessions, from outside")
struct SessionJourneyTests {
    @Test("Signing in by code, in each realm; who is nobody gets the same answer and no code")
    func byCode() async throws {
        try await Platform.withSecrets { platform in
            _ = try await platform.anna()
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
        try await Platform.withSecrets { platform in
            _ = try await platform.anna()
            try await platform.pool.execute("UPDATE accounts SET disabled_at = clock_timestamp() WHERE username = 'anna'")
            let sent = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13800138000"}"#)
            #expect(sent.status == 202)
            #expect(try await platform.lastCode() == "nobody")
        }
    }

    @Test("Sessions are listed and ended by their owner alone; an administrator ends anybody's")
    func sessions() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            let other = try await platform.signIn("anna")["token"].text
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
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            for _ in 0..<19 { _ = try await platform.signIn("anna") }
            #expect(try await platform.client.ask(.get, "/v1/me", token: token).status == 200)
            let newest = try await platform.signIn("anna")["token"].text
            let items = try await platform.client.ask(.get, "/v1/sessions?limit=100", token: newest)["items"].items
            #expect(items.count == 20 && !items.contains { $0["method"].text == "sign_up" })
        }
    }
}
