import Foundation

/// A request to the gateway: its common parameters and its own content, signed.
struct AlipayRequest {
    /// The parameters in the order in which they are sent, the signature last.
    let parameters: [(name: String, value: String)]

    /// - Parameters:
    ///   - interface: the gateway's method, such as `alipay.trade.query`.
    ///   - content: the content of `biz_content`.
    ///   - notifies: whether the gateway shall post notices, which only the paying interfaces understand.
    ///   - returnURL: where the buyer's browser comes back to.
    ///   - now: the time of the request; the gateway refuses old ones.
    init(
        _ interface: String,
        content: [String: String],
        notifies: Bool = false,
        returnURL: String? = nil,
        at now: Date,
        configuration: AlipayConfiguration
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var parameters = [
            (name: "app_id", value: configuration.appID),
            (name: "method", value: interface),
            (name: "format", value: "JSON"),
            (name: "charset", value: "utf-8"),
            (name: "sign_type", value: "RSA2"),
            (name: "timestamp", value: AlipayTimestamp.text(now)),
            (name: "version", value: "1.0"),
        ]
        if let certificates = configuration.certificates {
            parameters.append((name: "app_cert_sn", value: certificates.appSN))
            parameters.append((name: "alipay_root_cert_sn", value: certificates.rootSN))
        }
        if notifies { parameters.append((name: "notify_url", value: configuration.notifyURL)) }
        if let returnURL { parameters.append((name: "return_url", value: returnURL)) }
        parameters.append((name: "biz_content", value: String(decoding: try encoder.encode(content), as: UTF8.self)))
        let signature = try configuration.signer.sign(AlipayCanonicalText.ofRequest(parameters))
        self.parameters = parameters + [(name: "sign", value: signature)]
    }

    /// All parameters as a form: the order string for the app, and the query of a pay URL.
    var form: String { AlipayForm.encode(parameters) }

    /// The common parameters, which go into the URL of a call between servers.
    var query: String { AlipayForm.encode(parameters.filter { $0.name != "biz_content" }) }

    /// The content, which goes into the body of a call between servers.
    var body: String { AlipayForm.encode(parameters.filter { $0.name == "biz_content" }) }
}
