import Callers
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Shared

/// Second factors: turning them on, and what an authenticator application shows.
extension Platform {
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
