package import HTTP
import Shared

/// How the gateway is reached and believed.
package enum AlipaySettings {
    static let appID = Setting(required: "alipay.appID", "the application")
    static let sellerID = Setting(required: "alipay.sellerID", "the seller")
    static let gatewayURL = Setting(required: "alipay.gatewayURL", "where Alipay is reached")
    static let notifyURL = Setting(required: "alipay.notifyURL", "where it posts its notifications: ClientService's public address")
    static let returnURL = Setting(
        "alipay.returnURL", unset: "none",
        "where it sends the buyer's browser back to: a page of the frontend, which takes the parameters that come along for no proof")
    static let appPrivateKey = Setting(requiredSecret: "alipay.appPrivateKey", "the application's key, PEM or base64")
    static let publicKey = Setting(secret: "alipay.publicKey", unset: "required without certificates", "Alipay's key")
    static let appCertificate = Setting(
        secret: "alipay.appCertificate", unset: "public-key mode",
        "certificate mode: the application's, read like a secret; then no `ALIPAY_PUBLIC_KEY`")
    static let certificate = Setting(secret: "alipay.certificate", unset: "required with it", "Alipay's")
    static let rootCertificate = Setting(secret: "alipay.rootCertificate", unset: "required with it", "the root of Alipay's")
    static let slackSeconds = Setting(
        "reconciliation.slackSeconds", default: 900, in: 0...43_200, "how far our clock and Alipay's may be apart")

    package static let group = SettingGroup(
        "Alipay",
        [
            appID.declaration, sellerID.declaration, gatewayURL.declaration, notifyURL.declaration, returnURL.declaration,
            appPrivateKey.declaration, publicKey.declaration, appCertificate.declaration, certificate.declaration,
            rootCertificate.declaration, slackSeconds.declaration,
        ])
}

extension ReconciliationConfiguration {
    /// - Throws: ``SettingFault`` for the first value that is wrong.
    init(_ settings: Settings) throws(SettingFault) {
        self.init(slack: .seconds(try settings[AlipaySettings.slackSeconds]))
    }
}

extension AlipayConfiguration {
    /// - Throws: ``SettingFault`` for the first value that is missing or wrong.
    init(_ settings: Settings) throws(SettingFault) {
        do {
            try self.init(
                appID: try settings[AlipaySettings.appID],
                sellerID: try settings[AlipaySettings.sellerID],
                gatewayURL: try settings[AlipaySettings.gatewayURL],
                notifyURL: try settings[AlipaySettings.notifyURL],
                returnURL: try settings[AlipaySettings.returnURL],
                appPrivateKey: try settings[AlipaySettings.appPrivateKey],
                trust: try Self.trust(settings)
            )
        } catch let fault as SettingFault {
            throw fault
        } catch let error as AlipayConfigurationError {
            throw SettingFault(error.setting, error.reason)
        } catch {
            throw SettingFault("alipay", "can't be used")
        }
    }

    private static func trust(_ settings: Settings) throws(SettingFault) -> Trust {
        let files = (
            app: try settings[AlipaySettings.appCertificate], alipay: try settings[AlipaySettings.certificate],
            root: try settings[AlipaySettings.rootCertificate]
        )
        let publicKey = try settings[AlipaySettings.publicKey]
        guard files.app != nil || files.alipay != nil || files.root != nil else {
            return .publicKey(try required(publicKey, AlipaySettings.publicKey))
        }
        // Which of the two was meant would be a guess.
        guard publicKey == nil else {
            throw SettingFault(
                AlipaySettings.publicKey.key, "is set although there are certificates; only one of the two can be believed")
        }
        return .certificates(
            AlipayCertificates.Files(
                app: try required(files.app, AlipaySettings.appCertificate),
                alipay: try required(files.alipay, AlipaySettings.certificate),
                root: try required(files.root, AlipaySettings.rootCertificate)
            )
        )
    }

    private static func required(_ value: String?, _ setting: Setting<String?>) throws(SettingFault) -> String {
        guard let value else { throw SettingFault(setting.key, "is not set, nor is it in a file or among the credentials") }
        return value
    }
}
