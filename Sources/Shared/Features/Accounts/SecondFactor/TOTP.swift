import Crypto
import Text

/// Time-based one-time passwords (RFC 6238) as the usual applications make them: SHA-1, steps of 30 seconds, six digits.
enum TOTP {
    static let stepSeconds = 30
    static let secretLength = 20

    /// The step that a moment lies in, from seconds since 1970.
    static func step(at seconds: Double) -> Int64 {
        Int64((seconds / Double(stepSeconds)).rounded(.down))
    }

    /// The code of a step (RFC 4226 §5.3).
    static func code(secret: [UInt8], step: Int64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(hash[hash.count - 1] & 0x0F)
        let number = hash[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        return String(number % 1_000_000, width: 6)
    }

    /// Which step a code belongs to: the present one, or a neighbour of it, since clocks differ.
    static func step(of code: String, secret: [UInt8], at seconds: Double) -> Int64? {
        let now = step(at: seconds)
        // All three are computed and compared whole, so that the time tells nothing.
        let matches = [now, now - 1, now + 1].filter { Array(Self.code(secret: secret, step: $0).utf8).isSame(as: Array(code.utf8)) }
        return matches.first
    }

    /// What an application reads from a QR code.
    static func uri(secret: [UInt8], account: String, issuer: String) -> String {
        let encodedIssuer = PercentEncoding.encode(issuer)
        let name = encodedIssuer + ":" + PercentEncoding.encode(account)
        return "otpauth://totp/\(name)?secret=\(Base32.encode(secret))&issuer=\(encodedIssuer)&algorithm=SHA1&digits=6&period=30"
    }
}

/// A code that is good once in the place of the phone's.
struct RecoveryCode: Hashable, Sendable {
    /// `ABCD-EFGH-IJKL-MNOP-QRST-UVWX`: 120 random bits (ASVS 5.0 6.5.2 asks for 112 where a fast hash is stored). Those of before have 80,
    /// in four groups.
    let text: String

    static let count = 10

    init() {
        text = Self.grouped(Array(Base32.encode([UInt8].random(15))))
    }

    /// A code as somebody has typed it; `nil` for what can't be one.
    init?(_ typed: String) {
        let plain = Array(typed.uppercased().filter { $0 != "-" && $0 != " " })
        guard
            typed.utf8.count <= 64, [16, 24].contains(plain.count),
            plain.allSatisfy({ ("A"..."Z").contains($0) || ("2"..."7").contains($0) })
        else { return nil }
        text = Self.grouped(plain)
    }

    private static func grouped(_ plain: [Character]) -> String {
        stride(from: 0, to: plain.count, by: 4).map { String(plain[$0..<min($0 + 4, plain.count)]) }.joined(separator: "-")
    }

    var sha256: [UInt8] {
        Array(SHA256.hash(data: Array(text.utf8)))
    }
}
