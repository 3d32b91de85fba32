import CryptoExtras
import Foundation

/// Makes RSA2 signatures: RSASSA-PKCS1-v1_5 over SHA-256, in base64 on one line.
package struct AlipaySigner: Sendable {
    private let key: _RSA.Signing.PrivateKey

    /// - Parameter privateKey: PEM (PKCS#8 or PKCS#1) or base64 of its bytes, 2048 bits or more.
    /// - Throws: ``AlipayKeyError``.
    package init(privateKey: String) throws {
        guard let text = AlipayKeyText(privateKey) else { throw AlipayKeyError.notAKey }
        do {
            switch text.content {
            case .pem(let pem): key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
            case .der(let bytes): key = try _RSA.Signing.PrivateKey(derRepresentation: bytes)
            }
        } catch {
            throw AlipayKeyError.notAnRSAKey
        }
    }

    /// A new key of 2048 bits, for the sandbox and for tests.
    ///
    /// - Throws: when the system has no randomness to give.
    package init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    /// The signature of a text's UTF-8 bytes.
    package func sign(_ text: String) throws -> String {
        try sign(Array(text.utf8))
    }

    /// The signature of bytes.
    package func sign(_ bytes: [UInt8]) throws -> String {
        // The gateway requires this scheme. The library calls it insecure because PSS has better proofs.
        try key.signature(for: Data(bytes), padding: .insecurePKCS1v1_5).rawRepresentation.base64EncodedString()
    }

    /// The private key as PKCS#8 PEM.
    package var privateKeyPEM: String { key.pkcs8PEMRepresentation }

    /// The public key as SubjectPublicKeyInfo PEM.
    package var publicKeyPEM: String { key.publicKey.pemRepresentation }
}

/// A key that cannot be used.
package enum AlipayKeyError: Error, Hashable, Sendable {
    /// Neither PEM nor base64.
    case notAKey
    /// Not an RSA key of the wanted kind (private or public), or one with less than 2048 bits.
    case notAnRSAKey
}

extension AlipaySigner: CustomStringConvertible, CustomReflectable {
    /// A description that doesn't contain the key.
    package var description: String { "Alipay signer" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
