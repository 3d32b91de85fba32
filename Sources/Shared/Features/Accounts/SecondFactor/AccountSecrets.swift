import Callers
import Crypto
import Foundation

/// Keeps secrets from somebody who reads the database alone: encrypts them, and hashes what could be guessed, under keys derived from one.
package struct AccountSecrets: Sendable {
    /// What a key is for. Each purpose has a key of its own, so that nothing made for one fits another.
    enum Purpose: String {
        case totp
        case oneTimeCode = "one_time_code"
        case message
    }

    private let root: SymmetricKey

    /// - Parameter text: base64 of 32 bytes or more; `nil` for anything else.
    package init?(base64 text: String) {
        guard let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)), bytes.count >= 32 else { return nil }
        root = SymmetricKey(data: bytes)
    }

    /// Encrypts, so that it can be read back only under the same purpose and context (AES-256-GCM).
    ///
    /// - Parameter context: what it belongs to, for instance the account: copied to another account's row it can't be read.
    func seal(_ bytes: [UInt8], for purpose: Purpose, context: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(bytes, using: key(for: purpose), authenticating: Array(context.utf8))
        // Nonces of the usual length always have this form.
        guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
        return Array(combined)
    }

    /// - Throws: `CryptoKitError` when it was sealed under another key, purpose or context.
    func open(_ sealed: [UInt8], for purpose: Purpose, context: String) throws -> [UInt8] {
        let box = try AES.GCM.SealedBox(combined: sealed)
        return Array(try AES.GCM.open(box, using: key(for: purpose), authenticating: Array(context.utf8)))
    }

    /// A hash that nobody can search for without the key. Moving characters from one part to the next gives another hash.
    func digest(_ parts: [String], for purpose: Purpose) -> [UInt8] {
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key(for: purpose)))
    }

    private func key(for purpose: Purpose) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: root, info: Array("piao identity \(purpose.rawValue)".utf8), outputByteCount: 32)
    }
}

extension AccountSecrets: CustomStringConvertible, CustomReflectable {
    package var description: String { "‹secrets›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension AccountSecrets? {
    /// - Throws: ``Refusal/secretsMissing`` when the key isn't set.
    func required() throws -> AccountSecrets {
        guard let secrets = self else { throw Refusal.secretsMissing }
        return secrets
    }
}

extension [UInt8] {
    /// Whether two digests are the same, in a time that doesn't tell where they differ.
    func isSame(as other: [UInt8]) -> Bool {
        SymmetricKey(data: self) == SymmetricKey(data: other)
    }
}
