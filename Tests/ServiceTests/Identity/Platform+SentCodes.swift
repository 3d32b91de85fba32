import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Shared

extension Platform {
    private static let secretsKey = Data(0..<32).base64EncodedString()

    /// The settings with which codes are sent.
    static let sendingCodes = ["IDENTITY_SECRETS_KEY": secretsKey, "MESSAGES_SENDER": "log"]

    /// The code that was sent last, read where it waits to be delivered.
    func lastCode() async throws -> String {
        let payload: String? = try await pool.row(
            "SELECT payload::text AS payload FROM outbox WHERE kind = 'one_time_code' ORDER BY id DESC LIMIT 1"
        ) { try $0["payload"] }
        let sealed = try JSONDecoder().decode(SealedCode.self, from: Data(try #require(payload).utf8))
        return try sealed.opened(by: #require(IdentitySecrets(base64: Self.secretsKey)))?.code ?? "nobody"
    }

    /// The code that was sent last and the request that it answers, as members of a body.
    ///
    /// - Parameter asked: the answer to that request.
    func proof(_ asked: Asked) async throws -> String {
        #expect(asked.status == 202, "\(asked.body)")
        return #""request_id": "\#(asked["request_id"].text)", "code": "\#(try await lastCode())""#
    }

    /// Turns an account's second factor on.
    ///
    /// - Returns: its recovery codes.
    func turnSecondFactorOn(of accountID: Int64, token: String, in realm: Realm) async throws -> [String] {
        let begun = try await service(of: realm).ask(
            .post, "/v1/me/totp", token: token, json: #"{"password": "\#(Self.password)"}"#)
        #expect(begun.status == 200, "\(begun.body)")
        let sealed: [UInt8]? = try await pool.row("SELECT sealed_secret FROM totp_secrets WHERE account_id = \(accountID)") {
            try $0["sealed_secret"]
        }
        let secrets = try #require(IdentitySecrets(base64: Self.secretsKey))
        let secret = try secrets.open(try #require(sealed), for: .totp, context: String(accountID))
        let code = TOTP.code(secret: secret, step: TOTP.step(at: Date().timeIntervalSince1970))
        let confirmed = try await service(of: realm).ask(
            .post, "/v1/me/totp/confirmation", token: token, json: #"{"code": "\#(code)"}"#)
        #expect(confirmed.status == 200, "\(confirmed.body)")
        return confirmed["recovery_codes"].items.map(\.text)
    }

    /// As though an account had proved the contacts that it signed up with.
    func verifyContacts(of username: String) async throws {
        try await pool.execute(
            """
            UPDATE accounts
            SET phone_verified_at = CASE WHEN phone IS NOT NULL THEN clock_timestamp() END,
                email_verified_at = CASE WHEN email IS NOT NULL THEN clock_timestamp() END
            WHERE username = \(username)
            """)
    }
}
