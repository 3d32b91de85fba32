package import Foundation
import Text

/// Our identity at Alipay, and Alipay's URL.
package struct AlipayConfiguration: Sendable {
    /// Our application's id.
    package let appID: String
    /// The seller to whom the money must go: 16 digits that begin with 2088.
    package let sellerID: String
    /// The URL for requests, such as `https://openapi.alipay.com/gateway.do`.
    package let gatewayURL: String
    /// The URL to which the gateway posts its notices.
    package let notifyURL: String
    /// The URL to which the buyer's browser returns. Its return proves nothing.
    package let returnURL: String?
    /// Signs with our application's private key.
    package let signer: AlipaySigner
    /// Checks against Alipay's public key, which is not our application's.
    package let verifier: AlipayVerifier
    /// The certificates that prove whose the keys are, in certificate mode; `nil` in public-key mode.
    package let certificates: AlipayCertificates?

    /// How we know Alipay's key.
    package enum Trust: Sendable {
        /// Public-key mode: the key alone, PEM or base64.
        case publicKey(String)
        /// Certificate mode.
        case certificates(AlipayCertificates.Files)
    }

    /// Public-key mode.
    ///
    /// - Parameters:
    ///   - appPrivateKey: PEM or base64.
    ///   - alipayPublicKey: PEM or base64.
    /// - Throws: ``AlipayConfigurationError`` for the first value that cannot be used.
    package init(
        appID: String,
        sellerID: String,
        gatewayURL: String,
        notifyURL: String,
        returnURL: String? = nil,
        appPrivateKey: String,
        alipayPublicKey: String
    ) throws {
        try self.init(
            appID: appID, sellerID: sellerID, gatewayURL: gatewayURL, notifyURL: notifyURL, returnURL: returnURL,
            appPrivateKey: appPrivateKey, trust: .publicKey(alipayPublicKey)
        )
    }

    /// - Parameters:
    ///   - appPrivateKey: PEM or base64.
    ///   - now: when certificates must be valid.
    /// - Throws: ``AlipayConfigurationError`` for the first value that cannot be used.
    package init(
        appID: String,
        sellerID: String,
        gatewayURL: String,
        notifyURL: String,
        returnURL: String? = nil,
        appPrivateKey: String,
        trust: Trust,
        at now: Date = Date()
    ) throws {
        self.appID = try Self.name(appID, "ALIPAY_APP_ID")
        self.sellerID = try Self.name(sellerID, "ALIPAY_SELLER_ID")
        self.gatewayURL = try Self.url(gatewayURL, "ALIPAY_GATEWAY_URL")
        self.notifyURL = try Self.url(notifyURL, "ALIPAY_NOTIFY_URL")
        self.returnURL = try returnURL.map { try Self.url($0, "ALIPAY_RETURN_URL") }
        signer = try Self.key("ALIPAY_APP_PRIVATE_KEY_FILE") { try AlipaySigner(privateKey: appPrivateKey) }
        switch trust {
        case .publicKey(let key):
            certificates = nil
            verifier = try Self.key("ALIPAY_PUBLIC_KEY_FILE") { try AlipayVerifier(publicKey: key) }
        case .certificates(let files):
            let certificates = try AlipayCertificates(files, signer: signer, at: now)
            self.certificates = certificates
            verifier = certificates.verifier
        }
    }

    private static func name(_ value: String, _ setting: String) throws -> String {
        guard value.utf8.allSatisfy(\.isAlphanumeric), (1...32).contains(value.utf8.count) else {
            throw AlipayConfigurationError(setting: setting, reason: "is not 1 to 32 letters and digits")
        }
        return value
    }

    private static func url(_ value: String, _ setting: String) throws -> String {
        guard
            value.utf8.count <= 256, let url = URL(string: value), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
            url.query == nil, url.fragment == nil
        else {
            throw AlipayConfigurationError(
                setting: setting, reason: "is not an http or https address without query, at most 256 bytes long")
        }
        return value
    }

    private static func key<Key>(_ setting: String, _ make: () throws -> Key) throws -> Key {
        do {
            return try make()
        } catch {
            throw AlipayConfigurationError(
                setting: setting, reason: "has no RSA key of 2048 bits or more, in PEM or base64, of the half that is needed")
        }
    }
}

/// A setting has a value with which Alipay cannot be used.
package struct AlipayConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting's name.
    package let setting: String
    /// What is wrong, to be read after the name. It never contains a key.
    package let reason: String

    package var description: String { "\(setting) \(reason)" }
}
