import API
import Callers
import Database
import HTTP
import HTTPTypes
import HummingbirdTesting
import Shared
import TestSupport
import Testing
import Text

@Suite("Passwords of staff that don't stand alone")
struct StaffPasswordTests {
    private static let short = "stapl 4 horses"
    private static let long = "a whole new long thing"

    /// A merchant's account with a second factor and a password of 14 characters.
    private func account(_ platform: Platform) async throws -> (id: Int64, token: String, recoveryCodes: [String]) {
        #expect(Self.short.count == 14)
        let token = try await platform.merchant("wanda").token
        let tooShort = try await change(platform, token, from: Platform.password, to: Self.short)
        #expect(tooShort.status == 422 && tooShort.code == "password_too_short", "\(tooShort.body)")
        let codes = try await platform.turnSecondFactorOn(token, at: .cinema).recoveryCodes
        #expect(try await change(platform, token, from: Platform.password, to: Self.short).status == 204)
        let me = try await platform.cinema.ask(.get, "/v1/me", token: token)
        return (me["id"].number, token, codes)
    }

    private func change(_ platform: Platform, _ token: String, from old: String, to new: String) async throws -> Asked {
        try await platform.cinema.ask(
            .post, "/v1/me/password", token: token, json: #"{"password": "\#(old)", "new_password": "\#(new)"}"#)
    }

    @Test("Nobody turns its second factor off with a password that is too short to stand alone")
    func ownTurningOff() async throws {
        try await Platform.withSecrets { platform in
            let account = try await account(platform)
            func end(_ password: String, _ code: String) async throws -> Asked {
                try await platform.cinema.ask(
                    .delete, "/v1/me/totp", token: account.token, json: #"{"password": "\#(password)", "code": "\#(code)"}"#)
            }
            let refused = try await end(Self.short, account.recoveryCodes[0])
            #expect(refused.status == 409 && refused.code == "longer_password_needed", "\(refused.body)")
            #expect(try await end("not this one", account.recoveryCodes[0]).code == "password_wrong")
            #expect(try await platform.cinema.ask(.get, "/v1/me/totp", token: account.token)["enabled"] == .bool(true))
            #expect(try await change(platform, account.token, from: Self.short, to: Self.long).status == 204)
            // The code wasn't used up by the refusal.
            #expect(try await end(Self.long, account.recoveryCodes[0]).status == 204)
            #expect(try await platform.signIn("wanda", password: Self.long, at: .cinema).status == 201)
        }
    }

    @Test("When support has turned it off, a short password signs nobody in until a long one takes its place")
    func turnedOffBySupport() async throws {
        try await Platform.withSecrets { platform in
            let account = try await account(platform)
            let path = "/v1/accounts/\(account.id)/totp"
            #expect(try await platform.admin.ask(.delete, path, token: platform.administrator).status == 204)
            let refused = try await platform.signIn("wanda", password: Self.short, at: .cinema)
            #expect(refused.status == 401 && refused.code == "new_password_required", "\(refused.body)")
            // Only whoever knows the password hears of it.
            #expect(try await platform.signIn("wanda", password: "not this one", at: .cinema).code == "credentials_wrong")
            for (new, code) in [(Self.short, "password_too_short"), ("passwordpassword", "password_common")] {
                let answer = try await platform.signIn("wanda", password: Self.short, at: .cinema, #", "new_password": "\#(new)""#)
                #expect(answer.status == 422 && answer.code == code && answer.pointers == ["/new_password"], "\(answer.body)")
            }
            let wrong = try await platform.signIn("wanda", password: "not this one", at: .cinema, #", "new_password": "\#(Self.long)""#)
            #expect(wrong.code == "credentials_wrong")
            let signedIn = try await platform.signIn("wanda", password: Self.short, at: .cinema, #", "new_password": "\#(Self.long)""#)
            #expect(signedIn.status == 201, "\(signedIn.body)")
            #expect(try await platform.cinema.ask(.get, "/v1/me", token: signedIn["token"].text).status == 200)
            #expect(try await platform.signIn("wanda", password: Self.short, at: .cinema).code == "credentials_wrong")
            #expect(try await platform.signIn("wanda", password: Self.long, at: .cinema).status == 201)
            let reasons: [String] = try await platform.pool.rows(
                "SELECT DISTINCT details ->> 'reason' AS reason FROM audit_events WHERE action = 'session.refused' ORDER BY 1"
            ) { try $0["reason"] }
            #expect(reasons == ["password_too_short", "wrong_password"])
        }
    }

    @Test("A new password that comes with a sign-in ends the other sessions")
    func newPassword() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.moviegoer("anna")
            let signedIn = try await platform.signIn("anna", #", "new_password": "eight of them""#)
            #expect(signedIn.status == 201, "\(signedIn.body)")
            #expect(try await platform.client.ask(.get, "/v1/me", token: token).status == 401)
            #expect(try await platform.client.ask(.get, "/v1/me", token: signedIn["token"].text).status == 200)
            #expect(try await platform.signIn("anna").status == 401)
            #expect(try await platform.signIn("anna", password: "eight of them").status == 201)
        }
    }
}
