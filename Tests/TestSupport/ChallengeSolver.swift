import Crypto
import Text

/// Solves a challenge, as a buyer's device does. It follows docs/api.md and shares no code with the server.
package struct ChallengeSolver: Sendable {
    private let nonce: [UInt8]
    private let salt: [UInt8]
    private let cost: Int
    private let keyPrefix: String

    /// - Parameters: the members of the challenge.
    package init(nonce: String, salt: String, cost: Int, keyPrefix: String) {
        self.nonce = Self.bytes(nonce)
        self.salt = Self.bytes(salt)
        self.cost = cost
        self.keyPrefix = keyPrefix
    }

    /// The first counter that solves it.
    package var counter: UInt32 { (0...UInt32.max).first { key($0).hasPrefix(keyPrefix) } ?? 0 }
    /// The first counter that doesn't.
    package var wrongCounter: UInt32 { (0...UInt32.max).first { !key($0).hasPrefix(keyPrefix) } ?? 0 }

    /// The key for a counter in hexadecimal: PBKDF2 (RFC 8018 §5.2) with HMAC-SHA-256, of which the first block is enough.
    package func key(_ counter: UInt32) -> String {
        let password = SymmetricKey(data: nonce + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: counter >> $0) })
        var round = Array(HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: password))
        var key = round
        for _ in 1..<max(1, cost) {
            round = Array(HMAC<SHA256>.authenticationCode(for: round, using: password))
            for index in key.indices { key[index] ^= round[index] }
        }
        return key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        var digits = Array(hexadecimal)[...]
        var bytes: [UInt8] = []
        while digits.count >= 2 {
            bytes.append(UInt8(String(digits.prefix(2)), radix: 16) ?? 0)
            digits = digits.dropFirst(2)
        }
        return bytes
    }
}
