import Crypto
import CryptoExtras
package import Foundation
import Text
import Waiting

/// Makes challenges and checks their answers. The server stores nothing about a challenge before it is used: the id carries its content,
/// under a seal that fits one account and one showtime.
package struct HoldChallenges: Sendable {
    private let key: SymmetricKey
    private let cost: Int
    private let lifetime: Duration

    /// - Parameters:
    ///   - seal: seals the ids; all services share its key.
    ///   - cost: rounds of the derivation. An answer costs its buyer about 256 times as many, and us this number once.
    ///   - lifetime: how long a challenge can be answered.
    package init(seal: TicketSeal, cost: Int = 1_000, lifetime: Duration = .seconds(120)) {
        key = seal.derivedKey(for: "piao hold challenge")
        self.cost = cost
        self.lifetime = lifetime
    }

    package func challenge(for accountID: Int64, showtimeID: Int64, at now: Date) -> HoldChallenge {
        let content = Content(number: [UInt8].random(16), cost: UInt32(clamping: cost), expiresAt: now.addingTimeInterval(lifetime.seconds))
        let bytes = content.bytes
        return HoldChallenge(
            id: Base64URL.encode(bytes + seal(of: bytes, accountID, showtimeID)),
            nonce: derived("nonce", bytes).hexadecimal,
            salt: derived("salt", bytes).hexadecimal,
            cost: cost,
            expiresAt: content.expiresAt
        )
    }

    /// Whether the answer solves a challenge that was made for this account and showtime. The check computes one derivation, whose time
    /// depends on the cost.
    package func check(_ answer: ChallengeAnswer, of accountID: Int64, showtimeID: Int64) -> CheckedChallenge {
        guard
            let bytes = Base64URL.decode(answer.id), bytes.count == Content.length + Self.sealLength,
            Array(bytes.suffix(Self.sealLength)).isSame(as: seal(of: Array(bytes.prefix(Content.length)), accountID, showtimeID)),
            let content = Content(Array(bytes.prefix(Content.length))),
            let key = try? Self.derivedKey(
                nonce: derived("nonce", content.bytes), counter: answer.counter, salt: derived("salt", content.bytes), cost: content.cost),
            key.hexadecimal.hasPrefix(HoldChallenge.keyPrefix)
        else { return .wrong }
        return .solved(id: content.number.hexadecimal, expiresAt: content.expiresAt)
    }

    /// The key that must begin with the prefix.
    static func derivedKey(nonce: [UInt8], counter: UInt32, salt: [UInt8], cost: UInt32) throws -> [UInt8] {
        let key = try KDF.Insecure.PBKDF2.deriveKey(
            from: nonce + counter.bigEndianBytes, salt: salt, using: .sha256, outputByteCount: 32, unsafeUncheckedRounds: max(1, Int(cost)))
        return unsafe key.withUnsafeBytes { unsafe Array($0) }
    }

    private func derived(_ purpose: String, _ content: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8) + content, using: key).prefix(16))
    }

    private func seal(of content: [UInt8], _ accountID: Int64, _ showtimeID: Int64) -> [UInt8] {
        let context = UInt64(bitPattern: accountID).bigEndianBytes + UInt64(bitPattern: showtimeID).bigEndianBytes
        return Array(HMAC<SHA256>.authenticationCode(for: Array("seal".utf8) + context + content, using: key).prefix(Self.sealLength))
    }

    private static let sealLength = 16

    /// The content of an id: a random number, the cost, and the second at which the challenge ends.
    private struct Content {
        static let length = 28

        let number: [UInt8]
        let cost: UInt32
        let seconds: UInt64

        var expiresAt: Date { Date(timeIntervalSince1970: Double(seconds)) }
        var bytes: [UInt8] { number + cost.bigEndianBytes + seconds.bigEndianBytes }

        init(number: [UInt8], cost: UInt32, expiresAt: Date) {
            self.number = number
            self.cost = cost
            // Always after 1970 and far from any bound, because it is the database's clock plus a setting.
            seconds = UInt64(clamping: Int64(exactly: expiresAt.timeIntervalSince1970.rounded(.up)) ?? 0)
        }

        init?(_ bytes: [UInt8]) {
            guard bytes.count == Self.length else { return nil }
            number = Array(bytes.prefix(16))
            cost = bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) }
            seconds = bytes[20..<28].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}

extension FixedWidthInteger {
    /// Most significant first.
    fileprivate var bigEndianBytes: [UInt8] {
        stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
