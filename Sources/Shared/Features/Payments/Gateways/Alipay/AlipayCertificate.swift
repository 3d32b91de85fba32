import Crypto
import CryptoExtras
package import Foundation
import SwiftASN1
import Text

/// The parts of an X.509 certificate that certificate mode needs.
///
/// The library swift-certificates can't be used here. It refuses a certificate whose key or signature is of a kind that it can't check, and
/// the gateway's file of roots has one of SM2 (GB/T 32918) beside those of RSA.
package struct AlipayCertificate: Sendable {
    /// The certificate's name at the gateway: the MD5 of its issuer's name and its number, 32 hexadecimal digits.
    package let sn: String
    /// The time in which it is valid, the ends included.
    package let validity: ClosedRange<Date>
    /// SubjectPublicKeyInfo.
    let publicKey: [UInt8]
    /// Whether an RSA key signed it. The gateway's root file also holds certificates that other kinds of keys signed.
    let isSignedByRSA: Bool

    private let issuer: [UInt8]
    private let subject: [UInt8]
    private let isAuthority: Bool
    private let algorithm: String
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// - Parameter der: the certificate's bytes.
    /// - Throws: when they are not a certificate.
    package init(der: [UInt8]) throws {
        let outer = try DER.parse(der).elements(3)
        let fields = try CertificateFields(outer[0])
        issuer = Array(fields.issuer.encodedBytes)
        subject = Array(fields.subject.encodedBytes)
        publicKey = Array(fields.publicKey.encodedBytes)
        isAuthority = try fields.isAuthority()
        validity = try fields.validity()
        let name = try DistinguishedName(fields.issuer).description
        let digest = Insecure.MD5.hash(data: Data((name + (try fields.serialNumber())).utf8))
        sn = digest.hexadecimal
        algorithm = try outer[1].elements(1)[0].objectIdentifier()
        // The object identifiers of PKCS #1, which are RSA's.
        isSignedByRSA = algorithm.hasPrefix("1.2.840.113549.1.1.")
        signed = Array(outer[0].encodedBytes)
        signature = Array(try ASN1BitString(derEncoded: outer[2]).bytes)
    }

    /// The certificates of a PEM file in their order.
    ///
    /// - Throws: when there is none, or one can't be read.
    package static func all(inPEM text: String) throws -> [AlipayCertificate] {
        // Other PEM documents, and text between documents, are ignored.
        let documents = try PEMDocument.parseMultiple(pemString: text.replacing("\r\n", with: "\n"))
        let certificates = try documents.filter { $0.discriminator == "CERTIFICATE" }.map { try AlipayCertificate(der: $0.derBytes) }
        guard !certificates.isEmpty else { throw CertificateMalformed() }
        return certificates
    }

    /// The name of a file of roots at the gateway: the SNs of those certificates that an RSA key signed.
    package static func sn(ofRoots roots: [AlipayCertificate]) -> String {
        roots.filter(\.isSignedByRSA).map(\.sn).joined(separator: "_")
    }

    /// Whether a chain leads from the certificate to one of the roots: each certificate is signed by the next one, which is allowed to
    /// sign, and all are valid at that time.
    func isIssued(byOneOf roots: [AlipayCertificate], through others: [AlipayCertificate], at time: Date, depth: Int = 4) -> Bool {
        guard validity.contains(time), depth > 0 else { return false }
        if roots.contains(where: { $0.validity.contains(time) && $0.hasSigned(self) }) { return true }
        return others.contains { $0.hasSigned(self) && $0.isIssued(byOneOf: roots, through: others, at: time, depth: depth - 1) }
    }

    private func hasSigned(_ other: AlipayCertificate) -> Bool {
        guard isAuthority, subject == other.issuer, let key = try? _RSA.Signing.PublicKey(derRepresentation: publicKey) else {
            return false
        }
        let signature = _RSA.Signing.RSASignature(rawRepresentation: Data(other.signature))
        switch other.algorithm {
        // sha256WithRSAEncryption, and the same with longer hashes. A signature with SHA-1 proves nothing any more.
        case "1.2.840.113549.1.1.11":
            return key.isValidSignature(signature, for: SHA256.hash(data: Data(other.signed)), padding: .insecurePKCS1v1_5)
        case "1.2.840.113549.1.1.12":
            return key.isValidSignature(signature, for: SHA384.hash(data: Data(other.signed)), padding: .insecurePKCS1v1_5)
        case "1.2.840.113549.1.1.13":
            return key.isValidSignature(signature, for: SHA512.hash(data: Data(other.signed)), padding: .insecurePKCS1v1_5)
        default:
            return false
        }
    }
}

/// The bytes are no certificate, or a certificate of a kind that nobody issues.
struct CertificateMalformed: Error {}
