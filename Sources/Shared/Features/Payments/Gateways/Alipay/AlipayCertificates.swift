package import Foundation

/// The certificates of both parties. Certificate mode uses them in place of Alipay's bare public key.
package struct AlipayCertificates: Sendable {
    /// The three files that Alipay's console gives out, in PEM.
    package struct Files: Sendable {
        /// Our application's certificate.
        package let app: String
        /// Alipay's certificate, and those between it and the root, if any.
        package let alipay: String
        /// The roots that Alipay's certificate goes back to.
        package let root: String

        package init(app: String, alipay: String, root: String) {
            self.app = app
            self.alipay = alipay
            self.root = root
        }
    }

    /// The SN of our application's certificate, sent with every request.
    package let appSN: String
    /// The SNs of the roots, sent with every request.
    package let rootSN: String
    /// The SN of Alipay's certificate. An answer or notification that names another one is not believed, until a person has installed the
    /// new certificate's file.
    package let alipaySN: String
    /// Checks against the key of Alipay's certificate.
    package let verifier: AlipayVerifier
    /// Checks against the key of our application's certificate.
    package let appVerifier: AlipayVerifier

    /// - Parameters:
    ///   - signer: our application's private key. The application's certificate must be for this key.
    ///   - now: when the certificates must be valid.
    /// - Throws: ``AlipayConfigurationError``.
    package init(_ files: Files, signer: AlipaySigner, at now: Date) throws {
        try self.init(files, at: now)
        guard appVerifier.accepts(try signer.sign("app"), for: "app") else {
            throw AlipayConfigurationError(
                setting: "ALIPAY_APP_CERTIFICATE_FILE", reason: "is not of the key in ALIPAY_APP_PRIVATE_KEY_FILE")
        }
    }

    /// The certificates from the gateway's side, which doesn't have our private key.
    ///
    /// - Throws: ``AlipayConfigurationError``.
    package init(_ files: Files, at now: Date) throws {
        let app = try Self.certificates(files.app, "ALIPAY_APP_CERTIFICATE_FILE")
        let alipay = try Self.certificates(files.alipay, "ALIPAY_CERTIFICATE_FILE")
        let roots = try Self.certificates(files.root, "ALIPAY_ROOT_CERTIFICATE_FILE")
        guard app[0].validity.contains(now) else {
            throw AlipayConfigurationError(setting: "ALIPAY_APP_CERTIFICATE_FILE", reason: "has a certificate that is not valid now")
        }
        guard alipay[0].validity.contains(now) else {
            throw AlipayConfigurationError(setting: "ALIPAY_CERTIFICATE_FILE", reason: "has a certificate that is not valid now")
        }
        guard alipay[0].isIssued(byOneOf: roots, through: Array(alipay.dropFirst()), at: now) else {
            throw AlipayConfigurationError(
                setting: "ALIPAY_CERTIFICATE_FILE", reason: "has a certificate that goes back to none in ALIPAY_ROOT_CERTIFICATE_FILE")
        }
        appSN = app[0].sn
        rootSN = AlipayCertificate.sn(ofRoots: roots)
        alipaySN = alipay[0].sn
        verifier = try Self.verifier(alipay[0], "ALIPAY_CERTIFICATE_FILE")
        appVerifier = try Self.verifier(app[0], "ALIPAY_APP_CERTIFICATE_FILE")
    }

    private static func certificates(_ text: String, _ setting: String) throws -> [AlipayCertificate] {
        do {
            return try AlipayCertificate.all(inPEM: text)
        } catch {
            throw AlipayConfigurationError(setting: setting, reason: "has no X.509 certificate in PEM, or one that can't be read")
        }
    }

    private static func verifier(_ certificate: AlipayCertificate, _ setting: String) throws -> AlipayVerifier {
        do {
            return try AlipayVerifier(publicKeyInfo: certificate.publicKey)
        } catch {
            throw AlipayConfigurationError(setting: setting, reason: "has a certificate without an RSA key of 2048 bits or more")
        }
    }
}
