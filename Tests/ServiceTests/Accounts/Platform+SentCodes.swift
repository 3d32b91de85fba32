import Database
import Foundation
import Testing

@testable import Shared

/// Codes that are sent to people, the key that they wait under, and what they prove.
extension Platform {
    private static let secretsKey = Data(0..<32).base64EncodedString()

    /// The settings with which codes are sent.
    static let sendingCodes = ["IDENTITY_SECRETS_KEY": secretsKey, "MESSAGES_SENDER": "log"]

    /// The services, set up for codes and second factors.
    static func withSecrets(_ test: @Sendable (Platform) async throws -> Void) async throws {
        try await with(sendingCodes, test)
    }

    /// The code that was sent last, read where it waits to be delivered.
    func lastCode() async throws -> String {
        let payload: String? = try await pool.row(
            "SELECT payload::text AS payload FROM outbox WHERE kind = 'one_time_code' ORDER BY id DESC LIMIT 1"
        ) { try $0["payload"] }
        let sealed = try JSONDecoder().decode(SealedMessage.self, from: Data(try #require(payload).utf8))
        return try sealed.opened(by: #require(AccountSecrets(base64: Self.secretsKey)))?.code ?? "nobody"
    }

    /// The code that was sent last and the request that it answers, as members of a body.
    ///
    /// - Parameter asked: the answer to that request.
    func proof(_ asked: Asked) async throws -> String {
        #expect(asked.status == 202, "\(asked.body)")
        return #""request_id": "\#(asked["request_id"].text)", "code": "\#(try await lastCode())""#
    }
}
