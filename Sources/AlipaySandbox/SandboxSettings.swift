import Configuration
import Foundation
import Logging
import Shared

/// The sandbox's settings, from its environment.
struct SandboxSettings: Sendable {
    /// The address at which it listens: `ALIPAY_SANDBOX_HOST` (127.0.0.1), `ALIPAY_SANDBOX_PORT` (8009).
    var host = "127.0.0.1"
    var port = 8009
    /// The application that it serves: `ALIPAY_SANDBOX_APP_ID`.
    var appID: String
    /// The seller who gets the money: `ALIPAY_SANDBOX_SELLER_ID`.
    var sellerID: String
    /// How many times faster than at the real gateway notices are repeated: `ALIPAY_SANDBOX_TIME_SCALE` (240: 4 minutes become a second).
    var timeScale: Double = 240
    /// How long a receiver may take to answer a notice, in seconds: `ALIPAY_SANDBOX_NOTICE_TIMEOUT` (10).
    var noticeTimeout = 10
    /// The Content-Type of notices unless a knob sets another: `ALIPAY_SANDBOX_NOTICE_CONTENT_TYPE`. The default is one that the real
    /// gateway was seen to send.
    var noticeContentType = "application/x-www-form-urlencoded; text/html; charset=UTF-8"
    /// The character set of notices unless a knob sets another: `ALIPAY_SANDBOX_NOTICE_CHARSET` (utf-8, GBK or GB18030).
    var noticeCharset = "utf-8"
    /// How many trades are kept: `ALIPAY_SANDBOX_TRADES` (20000). The oldest ones are removed.
    var trades = 20_000
    /// `ALIPAY_SANDBOX_LOG_LEVEL` (info).
    var logLevel = Logger.Level.info
    /// Signs as the gateway, with the key in `ALIPAY_SANDBOX_PRIVATE_KEY_FILE`. When the file is missing, a key is made, and its public
    /// half is written beside it (`…_private.pem` and `…_public.pem`).
    var signer: AlipaySigner
    /// Checks the application's requests, with the key in `ALIPAY_SANDBOX_APP_PUBLIC_KEY_FILE` or that of the application's certificate.
    var verifier: AlipayVerifier
    /// The certificates of certificate mode: from `ALIPAY_SANDBOX_CERTIFICATE_FILE` (the gateway's own),
    /// `ALIPAY_SANDBOX_APP_CERTIFICATE_FILE` and `ALIPAY_SANDBOX_ROOT_CERTIFICATE_FILE`. Either all of them are set or none.
    var certificates: AlipayCertificates?

    init(appID: String, sellerID: String, signer: AlipaySigner, verifier: AlipayVerifier) {
        self.appID = appID
        self.sellerID = sellerID
        self.signer = signer
        self.verifier = verifier
    }

    /// - Throws: ``SandboxSettingError`` for the first setting that is missing or cannot be used.
    init(_ environment: ConfigReader) throws {
        let reader = environment.scoped(to: "alipay.sandbox")
        func number<Number: LosslessStringConvertible & Comparable>(_ key: String, _ fallback: Number, _ range: ClosedRange<Number>) throws
            -> Number
        {
            guard let text = reader.string(forKey: ConfigKey(key)) else { return fallback }
            guard let number = Number(text), range.contains(number) else {
                throw SandboxSettingError(
                    setting: Self.variable(key), reason: "is not a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        func required(_ key: String) throws -> String {
            guard let text = reader.string(forKey: ConfigKey(key)), !text.isEmpty else {
                throw SandboxSettingError(setting: Self.variable(key), reason: "is not set")
            }
            return text
        }
        host = reader.string(forKey: "host", default: "127.0.0.1")
        port = try number("port", 8009, 1...65_535)
        appID = try required("app.id")
        sellerID = try required("seller.id")
        timeScale = try number("time.scale", 240, 0.001...1_000_000)
        noticeTimeout = try number("notice.timeout", 10, 1...600)
        noticeContentType = reader.string(forKey: "notice.content.type", default: noticeContentType)
        guard PayKnobs.isContentType(noticeContentType) else {
            throw SandboxSettingError(setting: Self.variable("notice.content.type"), reason: "is not 1 to 200 printable ASCII characters")
        }
        noticeCharset = reader.string(forKey: "notice.charset", default: noticeCharset)
        guard AlipayCharset(name: noticeCharset) != nil else {
            throw SandboxSettingError(setting: Self.variable("notice.charset"), reason: "is not utf-8, GBK or GB18030")
        }
        trades = try number("trades", 20_000, 1...1_000_000)
        let level = reader.string(forKey: "log.level", default: "info")
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw SandboxSettingError(setting: Self.variable("log.level"), reason: "is not a level such as info or debug")
        }
        self.logLevel = logLevel
        signer = try KeyFiles.signer(at: try required("private.key.file"), setting: Self.variable("private.key.file"))
        let files = ["app.certificate.file", "certificate.file", "root.certificate.file"]
        if files.contains(where: { reader.string(forKey: ConfigKey($0)) != nil }) {
            let texts = try files.map { try KeyFiles.text(at: try required($0), setting: Self.variable($0)) }
            let certificates = try KeyFiles.certificates(.init(app: texts[0], alipay: texts[1], root: texts[2]), of: signer)
            (verifier, self.certificates) = (certificates.appVerifier, certificates)
        } else {
            verifier = try KeyFiles.verifier(at: try required("app.public.key.file"), setting: Self.variable("app.public.key.file"))
        }
    }

    private static func variable(_ key: String) -> String {
        "ALIPAY_SANDBOX_" + key.uppercased().replacing(".", with: "_")
    }
}

/// A setting that the sandbox cannot start with.
struct SandboxSettingError: Error, CustomStringConvertible {
    let setting: String
    /// The reason, to be read after the setting's name.
    let reason: String

    var description: String { "\(setting) \(reason)" }
}
