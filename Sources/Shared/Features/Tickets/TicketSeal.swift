import Crypto
import Foundation
import Text

/// Signs the content of tickets' codes and verifies it (Ed25519, RFC 8032), so that nobody without the key can make a ticket.
///
/// A code is `PIAO1.<key id>.<pass>.<signature>`: the pass is JSON, both are base64url (RFC 4648) without padding, and the signature is over
/// everything before the last point. A device at the door needs the published keys (``publicKeys``) and no network.
package struct TicketSeal: Sendable {
    private static let prefix = "PIAO1"

    private let key: Curve25519.Signing.PrivateKey
    /// First the key that signs, then former keys, whose codes are still in use.
    package let publicKeys: [TicketKey]

    /// - Parameters:
    ///   - privateKey: PKCS#8 PEM as `openssl genpkey -algorithm ed25519` writes it, or base64 of the 32 bytes.
    ///   - formerPublicKeys: base64 or base64url of 32 bytes each.
    /// - Throws: ``TicketKeyInvalid``.
    package init(privateKey: String, formerPublicKeys: [String] = []) throws {
        guard let seed = Self.seed(privateKey), let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
            throw TicketKeyInvalid.privateKey
        }
        self.key = key
        publicKeys = [TicketKey(Array(key.publicKey.rawRepresentation))] + (try formerPublicKeys.map(Self.former))
    }

    /// The code of a ticket.
    ///
    /// - Throws: when the pass can't be encoded or signed.
    package func code(_ pass: TicketPass) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let signed = [Self.prefix, publicKeys[0].id, Base64URL.encode(try encoder.encode(pass))].joined(separator: ".")
        return signed + "." + Base64URL.encode(try key.signature(for: Data(signed.utf8)))
    }

    /// The content of a code; `nil` when the code isn't one of ours.
    package func pass(from code: String) -> TicketPass? {
        guard code.utf8.count <= 1024 else { return nil }
        let parts = code.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard
            parts.count == 4, parts[0] == Self.prefix,
            let known = publicKeys.first(where: { $0.id == parts[1] }),
            let content = Base64URL.decode(parts[2]), let signature = Base64URL.decode(parts[3]),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: known.bytes),
            key.isValidSignature(signature, for: Data(parts.prefix(3).joined(separator: ".").utf8))
        else { return nil }
        return try? JSONDecoder().decode(TicketPass.self, from: Data(content))
    }

    /// A key for another purpose than tickets, the same in all services.
    func derivedKey(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key.rawRepresentation), info: Array(purpose.utf8), outputByteCount: 32)
    }

    private static func former(_ text: String) throws -> TicketKey {
        guard let bytes = Data(base64Encoded: text).map(Array.init) ?? Base64URL.decode(text), bytes.count == 32 else {
            throw TicketKeyInvalid.formerPublicKey
        }
        return TicketKey(bytes)
    }

    /// The private key's 32 bytes.
    private static func seed(_ text: String) -> Data? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard let bytes = Data(base64Encoded: lines.filter { !$0.hasPrefix("-----") }.joined()) else { return nil }
        if bytes.count == 32 { return bytes }
        // By RFC 8410 the same 16 bytes stand before every Ed25519 key.
        let header = Data([0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20])
        return bytes.count == 48 && bytes.starts(with: header) ? Data(bytes.dropFirst(header.count)) : nil
    }
}

/// A key that verifies tickets' codes.
package struct TicketKey: Hashable, Sendable {
    /// The beginning of its thumbprint as a JSON web key (RFC 7638, RFC 8037).
    package let id: String
    package let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let canonical = #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(bytes))"}"#
        id = String(Base64URL.encode(SHA256.hash(data: Data(canonical.utf8))).prefix(8))
    }

    /// The key as the `x` of a JSON web key.
    package var x: String { Base64URL.encode(bytes) }
}

/// A key that can't be used.
package enum TicketKeyInvalid: Error, Hashable, Sendable {
    case privateKey
    case formerPublicKey
}

extension TicketSeal: CustomStringConvertible, CustomReflectable {
    /// A description that doesn't contain the key.
    package var description: String { "ticket seal" }
    package var customMirror: Mirror { Mirror(self, children: ["publicKeys": publicKeys]) }
}
