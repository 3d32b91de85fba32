import Database
import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import Presentation
import Testing

@testable import Shared

/// What needs the key that codes and second factors are kept under.
extension Platform {
    private static let secretsKey = Data(0..<32).base64EncodedString()

    /// The settings with which codes are sent.
    static let sendingCodes = ["IDENTITY_SECRETS_KEY": secretsKey, "MESSAGES_SENDER": "log"]

    /// The services, set up for codes and second factors.
    static func withSecrets(_ test: @Sendable (Platform) async throws -> Void) async throws {
        try await with(sendingCodes, test)
    }

    /// A moviegoer with a verified phone number.
    func anna() async throws -> String {
        let answer = try await client.ask(
            .post, "/v1/accounts", json: #"{"username": "anna", "password": "\#(Self.password)", "phone": "13800138000"}"#)
        #expect(answer.status == 201)
        try await verifyContacts(of: "anna")
        return answer["token"].text
    }

    /// Signs in by password.
    ///
    /// - Parameter more: further members of the body, each with a comma before it.
    func signIn(
        _ login: String, password: String = Platform.password, at realm: Realm = .client, _ more: String = ""
    ) async throws -> Asked {
        try await service(of: realm).ask(
            .post, "/v1/sessions", json: #"{"login": "\#(login)", "password": "\#(password)"\#(more)}"#)
    }

    /// The code that was sent last, read where it waits to be delivered.
    func lastCode() async throws -> String {
        let payload: String? = try await pool.row(
            "SELECT payload::text AS payload FROM outbox WHERE kind = 'one_time_code' ORDER BY id DESC LIMIT 1"
        ) { try $0["payload"] }
        let sealed = try JSONDecoder().decode(SealedCode.self, from: Data(try #require(payload).utf8))
        return try sealed.opened(by: #require(IdentitySecrets(base64: Self.secretsKey)))?.code ?? "nobody"
    }

    /// Turns an account's second factor on.
    ///
    /// - Returns: its secret and recovery codes.
    func turnSecondFactorOn(
        _ token: String, at realm: Realm, password: String = Platform.password
    ) async throws -> (secret: String, recoveryCodes: [String]) {
        let service = service(of: realm)
        let setup = try await service.ask(.post, "/v1/me/totp", token: token, json: #"{"password": "\#(password)"}"#)
        #expect(setup.status == 200, "\(setup.body)")
        let secret = setup["secret"].text
        let confirmed = try await service.ask(
            .post, "/v1/me/totp/confirmation", token: token, json: #"{"code": "\#(Self.totp(secret))"}"#)
        #expect(confirmed.status == 200, "\(confirmed.body)")
        return (secret, confirmed["recovery_codes"].items.map(\.text))
    }

    /// What an authenticator application with this secret shows now.
    static func totp(_ secret: String) -> String {
        TOTP.code(secret: bytes(base32: secret), step: TOTP.step(at: Date().timeIntervalSince1970))
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
}
