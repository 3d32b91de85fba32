import Callers
import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Shared

/// Strangers guess at somebody's password from everywhere; the owner comes from where it has never been.
@Suite("Owners whom strangers' guesses don't keep out")
struct KeptOutTests {
    /// As though a hundred addresses had just guessed wrong, and more of them were about to.
    private func flood(_ platform: Platform) async throws {
        let account: Int64 = try #require(
            try await platform.pool.row("SELECT id FROM accounts WHERE username = 'anna'") { try $0["id"] })
        let throttle = SignInThrottle()
        for number in 0..<100 {
            _ = try? await throttle.begin(login: "account:\(account)", address: "6.6.\(number).6", in: platform.pool)
        }
        // The last one's wait, so long that it isn't over while a test runs.
        try await platform.pool.execute("UPDATE sign_in_counts SET next_at = next_at + INTERVAL '1 hour' WHERE failures >= 100")
        // Nor has anybody signed in where the owner is now.
        try await platform.pool.execute("UPDATE sign_in_counts SET good_at = NULL")
    }

    @Test("A device that has signed in before can sign in by showing its former token, even one that has ended")
    func device() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            let bella = try await platform.moviegoer("bella")
            #expect(try await platform.client.ask(.delete, "/v1/sessions/current", token: token).status == 204)
            try await flood(platform)
            let refused = try await platform.signIn("anna")
            #expect(refused.status == 429 && refused.code == "sign_in_throttled", "\(refused.body)")
            for other in [bella, "nonsense", String(token.dropLast()) + "0"] {
                #expect(try await platform.signIn("anna", #", "device": "\#(other)""#).status == 429, "\(other)")
            }
            #expect(try await platform.signIn("anna", password: "not this one", #", "device": "\#(token)""#).code == "credentials_wrong")
            let signedIn = try await platform.signIn("anna", #", "device": "\#(token)""#)
            #expect(signedIn.status == 201, "\(signedIn.body)")
            // Now it is known there.
            #expect(try await platform.signIn("anna").status == 201)
        }
    }

    @Test("A device's token is no way to guess without end")
    func deviceIsCounted() async throws {
        try await Platform.withSecrets { platform in
            let token = try await platform.anna()
            try await flood(platform)
            var wrong = 0
            for _ in 0..<20 {
                let answer = try await platform.signIn("anna", password: "not this one", #", "device": "\#(token)""#)
                #expect(["credentials_wrong", "sign_in_throttled"].contains(answer.code))
                if answer.code == "credentials_wrong" { wrong += 1 }
                if answer.code == "sign_in_throttled" { break }
            }
            #expect(wrong < 20)
        }
    }

    @Test("A right code of the second factor gets through with the password, a wrong one doesn't")
    func secondFactor() async throws {
        try await Platform.withSecrets { platform in
            let setup = try await platform.turnSecondFactorOn(try await platform.anna(), at: .client)
            try await platform.pool.execute("UPDATE totp_secrets SET last_step = 0")
            try await flood(platform)
            #expect(try await platform.signIn("anna").status == 429)
            for wrong in ["000000x", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"] {
                #expect(try await platform.signIn("anna", #", "totp": "\#(wrong)""#).status == 429)
            }
            let code = Platform.totp(setup.secret)
            #expect(try await platform.signIn("anna", password: "not this one", #", "totp": "\#(code)""#).code == "credentials_wrong")
            #expect(try await platform.signIn("anna", #", "totp": "\#(code)""#).status == 201)
            try await flood(platform)
            #expect(try await platform.signIn("anna", #", "totp": "\#(setup.recoveryCodes[0])""#).status == 201)
            // Used up, it speaks for nobody.
            try await flood(platform)
            #expect(try await platform.signIn("anna", #", "totp": "\#(setup.recoveryCodes[0])""#).status == 429)
        }
    }

    @Test("A code that is sent to the owner gets through")
    func code() async throws {
        try await Platform.withSecrets { platform in
            _ = try await platform.anna()
            try await flood(platform)
            let asked = try await platform.client.ask(
                .post, "/v1/one-time-codes", json: #"{"purpose": "sign_in", "phone": "13800138000"}"#)
            let signedIn = try await platform.client.ask(
                .post, "/v1/sessions/by-code", json: #"{"phone": "13800138000", \#(try await platform.proof(asked))}"#)
            #expect(signedIn.status == 201, "\(signedIn.body)")
        }
    }
}
