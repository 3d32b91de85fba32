import Callers
import Database
import HTTP
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Shared

@Suite("Cinemas' and the platform's people, signing in by code")
struct StaffCodeTests {
    private static let contact = #""email": "staff@example.com""#

    private static func with(
        _ realm: Realm, _ test: @Sendable (_ platform: Platform, _ accountID: Int64, _ token: String) async throws -> Void
    ) async throws {
        try await Platform.with(Platform.sendingCodes.merging(["IDENTITY_CODE_PAUSE_SECONDS": "0"]) { $1 }) { platform in
            let token = realm == .admin ? platform.administrator : try await platform.merchant("wanda").token
            let name = realm == .admin ? "root" : "wanda"
            let id: Int64 = try #require(
                try await platform.pool.row("SELECT id FROM accounts WHERE username = \(name)") { try $0["id"] })
            try await platform.pool.execute(
                "UPDATE accounts SET email = 'staff@example.com', email_verified_at = clock_timestamp() WHERE id = \(id)")
            try await test(platform, id, token)
        }
    }

    private func askForCode(_ purpose: String = "sign_in", at platform: Platform, _ realm: Realm) async throws -> String {
        let asked = try await platform.service(of: realm).ask(
            .post, "/v1/one-time-codes", json: #"{"purpose": "\#(purpose)", \#(Self.contact)}"#)
        return try await platform.proof(asked)
    }

    private func signIn(_ proof: String, totp: String? = nil, at platform: Platform, _ realm: Realm) async throws -> Asked {
        let more = totp.map { #", "totp": "\#($0)""# } ?? ""
        return try await platform.service(of: realm).ask(.post, "/v1/sessions/by-code", json: "{\(Self.contact), \(proof)\(more)}")
    }

    @Test("Without a second factor they get no code for it, and the same answer", arguments: [Realm.cinema, .admin])
    func withoutSecondFactor(realm: Realm) async throws {
        try await Self.with(realm) { platform, _, _ in
            let signIn = try await askForCode(at: platform, realm)
            #expect(signIn.hasSuffix(#""nobody""#))
            // A password can still be set by one: signing in asks for what the account asks for.
            let reset = try await askForCode("reset_password", at: platform, realm)
            #expect(!reset.hasSuffix(#""nobody""#))
        }
    }

    @Test("With a second factor they need both", arguments: [Realm.cinema, .admin])
    func both(realm: Realm) async throws {
        try await Self.with(realm) { platform, id, token in
            let recovery = try await platform.turnSecondFactorOn(token, at: realm).recoveryCodes
            let proof = try await askForCode(at: platform, realm)
            let half = try await signIn(proof, at: platform, realm)
            #expect(half.status == 401 && half.code == "totp_required")
            let wrong = try await signIn(proof, totp: "000000", at: platform, realm)
            #expect(wrong.status == 401 && wrong.code == "totp_wrong")
            #expect(try await signIn(proof, totp: recovery[0], at: platform, realm).status == 201)
        }
    }

    @Test("A code that was sent while there was a second factor is worth nothing after it is gone", arguments: [Realm.cinema, .admin])
    func turnedOff(realm: Realm) async throws {
        try await Self.with(realm) { platform, id, token in
            let recovery = try await platform.turnSecondFactorOn(token, at: realm).recoveryCodes
            let proof = try await askForCode(at: platform, realm)
            let ended = try await platform.service(of: realm).ask(
                .delete, "/v1/me/totp", token: token, json: #"{"password": "\#(Platform.password)", "code": "\#(recovery[0])"}"#)
            #expect(ended.status == 204, "\(ended.body)")
            let refused = try await signIn(proof, at: platform, realm)
            #expect(refused.status == 401 && refused.code == "code_wrong")
        }
    }
}
