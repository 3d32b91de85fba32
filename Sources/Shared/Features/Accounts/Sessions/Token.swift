package import Callers
import Crypto
import Text

/// The secret by which a signed-in device is known: `client_`, `cinema_` or `admin_`, 30 random base62 characters (178 bits),
/// and 6 more that are the CRC-32 of all before them.
///
/// The checksum finds typing errors, junk and other systems' tokens without asking the database. The prefix is a hint for people and
/// secret scanners; the authority on a token's realm is the stored session.
package struct Token: Hashable, Sendable {
    package let realm: Realm
    /// The whole token, to be shown to its owner once and never stored.
    package let text: String

    /// A new token of a realm.
    package init(realm: Realm) {
        var generator = SystemRandomNumberGenerator()
        self.init(realm: realm, using: &generator)
    }

    init(realm: Realm, using generator: inout some RandomNumberGenerator) {
        let body = realm.rawValue + "_" + Alphabet.base62.randomWord(Self.randomLength, using: &generator)
        self.realm = realm
        text = body + Self.checksum(of: body)
    }

    /// Reads a token that somebody shows; `nil` when it cannot be one of ours.
    package init?(_ text: String) {
        guard text.utf8.count <= 64, let underscore = text.firstIndex(of: "_"), let realm = Realm(rawValue: String(text[..<underscore]))
        else { return nil }
        let secret = text[text.index(after: underscore)...]
        guard
            secret.utf8.count == Self.randomLength + Self.checksumLength,
            secret.utf8.allSatisfy(Alphabet.base62.contains),
            text.hasSuffix(Self.checksum(of: String(text.dropLast(Self.checksumLength))))
        else { return nil }
        self.realm = realm
        self.text = text
    }

    /// The SHA-256 of the text.
    typealias Digest = SHA256.Digest

    var digest: Digest { SHA256.hash(data: Array(text.utf8)) }

    /// What is stored in the token's place. A fast hash serves, since nobody can guess 178 random bits.
    package var sha256: [UInt8] { Array(digest) }

    private static let randomLength = 30
    private static let checksumLength = 6

    /// The CRC-32 of a text in base62, most significant first, padded with zeros.
    private static func checksum(of text: String) -> String {
        Alphabet.base62.text(of: UInt64(CRC32.checksum(of: text.utf8)), length: checksumLength)
    }
}

extension Token: CustomStringConvertible, CustomReflectable {
    /// Only the prefix: a token must not get into a log by being printed.
    package var description: String { realm.rawValue + "_…" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
