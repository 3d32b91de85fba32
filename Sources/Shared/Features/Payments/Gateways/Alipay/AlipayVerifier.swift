import CryptoExtras
import Foundation

/// Checks RSA2 signatures against one public key.
package struct AlipayVerifier: Sendable {
    private let key: _RSA.Signing.PublicKey

    /// - Parameter publicKey: PEM (SubjectPublicKeyInfo or PKCS#1) or base64 of its bytes, 2048 bits or more.
    /// - Throws: ``AlipayKeyError``.
    package init(publicKey: String) throws {
        guard let text = AlipayKeyText(publicKey) else { throw AlipayKeyError.notAKey }
        do {
            switch text.content {
            case .pem(let pem): key = try _RSA.Signing.PublicKey(pemRepresentation: pem)
            case .der(let bytes): key = try _RSA.Signing.PublicKey(derRepresentation: bytes)
            }
        } catch {
            throw AlipayKeyError.notAnRSAKey
        }
    }

    /// - Parameter publicKeyInfo: the bytes of a SubjectPublicKeyInfo, as in a certificate.
    /// - Throws: ``AlipayKeyError``.
    init(publicKeyInfo: [UInt8]) throws {
        do {
            key = try _RSA.Signing.PublicKey(derRepresentation: publicKeyInfo)
        } catch {
            throw AlipayKeyError.notAnRSAKey
        }
    }

    /// Whether the signature, standard base64, is the key's over the text's UTF-8 bytes.
    package func accepts(_ signature: String, for text: String) -> Bool {
        accepts(signature, for: Array(text.utf8))
    }

    /// Whether the signature, standard base64, is the key's over the bytes.
    package func accepts(_ signature: String, for bytes: some Sequence<UInt8>) -> Bool {
        guard let raw = Data(base64Encoded: signature) else { return false }
        return key.isValidSignature(.init(rawRepresentation: raw), for: Data(bytes), padding: .insecurePKCS1v1_5)
    }
}
