import API
import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Second factors that too many wrong codes close")
struct ClosedSecondFactorTests {
    /// An account with a second factor, and a number of wrong codes that were tried at it.
    private func anna(_ platform: Platform, wrong: Int) async throws -> (token: String, id: Int64, secret: String, recovery: [String]) {
        let token = try await platform.anna()
        let setup = try await platform.turnSecondFactorOn(token, at: .client)
        let id = try await platform.client.ask(.get, "/v1/me", token: token)["id"].number
        // As though its application's next code were due.
        try await platform.pool.execute("UPDATE totp_secrets SET last_step = 0, wrong_codes = \(wrong)")
        return (token, id, setup.secret, setup.recoveryCodes)
    }

    private func signIn(_ platform: Platform, _ code: String) async throws -> Asked {
        // So that nobody has to wait.
        try await platform.pool.execute("DELETE FROM sign_in_counts")
        return try await platform.signIn("anna", #", "totp": "\#(code)""#)
    }

    private func messages(_ platform: Platform) async throws -> [SealedMessage.Content] {
        let payloads: [String] = try await platform.pool.rows("SELECT payload::text AS payload FROM outbox WHERE kind = 'one_time_code'") {
            try $0["payload"]
        }
        let secrets = try #require(AccountSecrets(base64: Data(0..<32).base64EncodedString()))
        return try payloads.compactMap { try JSONDecoder().decode(SealedMessage.self, from: Data($0.utf8)).opened(by: secrets) }
    }

    @Test("The hundredth wrong code in a row closes it, its owner is told once, and a recovery code opens it again")
    func closing() async throws {
        try await Platform.withSecrets { platform in
            let anna = try await anna(platform, wrong: 98)
            #expect(try await signIn(platform, "000000x").code == "totp_wrong")
            #expect(try await messages(platform).isEmpty)
            // A recovery code that is none counts, too.
            #expect(try await signIn(platform, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA").code == "totp_wrong")
            for _ in 0..<3 {
                // The right one is worth nothing any more.
                let refused = try await signIn(platform, Platform.totp(anna.secret))
                #expect(refused.status == 401 && refused.code == "totp_closed", "\(refused.body)")
            }
            #expect(try await signIn(platform, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA").code == "totp_wrong")
            let told = try await messages(platform)
            #expect(told.count == 1 && told[0].recipient == "+8613800138000" && told[0].purpose == "second_factor_closed")
            #expect(told[0].code == nil && told[0].text?.contains("100 wrong codes") == true)
            #expect(try await platform.client.ask(.get, "/v1/me/totp", token: anna.token)["closed"] == .bool(true))
            // Nor is it to be turned off by it.
            let end = #"{"password": "\#(Platform.password)", "code": "\#(Platform.totp(anna.secret))"}"#
            #expect(try await platform.client.ask(.delete, "/v1/me/totp", token: anna.token, json: end).code == "code_wrong")

            #expect(try await signIn(platform, anna.recovery[0]).status == 201)
            #expect(try await signIn(platform, Platform.totp(anna.secret)).status == 201)
            #expect(try await platform.client.ask(.get, "/v1/me/totp", token: anna.token)["closed"] == .bool(false))
            let actions = try await platform.auditActions(like: "account.totp_%")
            #expect(actions == ["account.totp_closed", "account.totp_enabled", "account.totp_opened"])
        }
    }

    @Test("A right code takes back the wrong ones before it")
    func inARow() async throws {
        try await Platform.withSecrets { platform in
            let anna = try await anna(platform, wrong: 98)
            #expect(try await signIn(platform, "000000x").code == "totp_wrong")
            #expect(try await signIn(platform, Platform.totp(anna.secret)).status == 201)
            #expect(try await signIn(platform, "000000x").code == "totp_wrong")
            let counted: Int? = try await platform.pool.row("SELECT wrong_codes FROM totp_secrets") { try $0["wrong_codes"] }
            #expect(counted == 1)
        }
    }

    @Test("Without the password no code is looked at, so that strangers can't close it")
    func strangers() async throws {
        try await Platform.withSecrets { platform in
            _ = try await anna(platform, wrong: 99)
            try await platform.pool.execute("DELETE FROM sign_in_counts")
            #expect(try await platform.signIn("anna", password: "not this one", #", "totp": "000000x""#).code == "credentials_wrong")
            let counted: Int? = try await platform.pool.row("SELECT wrong_codes FROM totp_secrets") { try $0["wrong_codes"] }
            #expect(counted == 99)
        }
    }

    @Test("Of many wrong codes at once each is counted, and one closes it")
    func race() async throws {
        try await Platform.withSecrets { platform in
            _ = try await anna(platform, wrong: 97)
            try await platform.pool.execute("DELETE FROM sign_in_counts")
            let codes = try await Platform.atOnce(4) { _ in try await platform.signIn("anna", #", "totp": "000000x""#).code }
            #expect(codes.filter { $0 == "totp_wrong" }.count == 3 && codes.filter { $0 == "totp_closed" }.count == 1, "\(codes)")
            #expect(try await messages(platform).count == 1)
        }
    }

    @Test("An administrator opens it, if it is closed")
    func administrator() async throws {
        try await Platform.withSecrets { platform in
            let anna = try await anna(platform, wrong: 100)
            let path = "/v1/accounts/\(anna.id)/totp/opening"
            #expect(try await signIn(platform, Platform.totp(anna.secret)).code == "totp_closed")
            #expect(try await platform.admin.ask(.post, path, token: platform.administrator).status == 204)
            #expect(try await platform.admin.ask(.post, path, token: platform.administrator).status == 404)
            #expect(try await signIn(platform, Platform.totp(anna.secret)).status == 201)
            let me = try await platform.admin.ask(.get, "/v1/me", token: platform.administrator)["id"].number
            let own = try await platform.admin.ask(.post, "/v1/accounts/\(me)/totp/opening", token: platform.administrator)
            #expect(own.status == 409 && own.code == "own_account")
        }
    }
}
