import Foundation
import Shared
import TestSupport

/// Other people's implementations of the gateway's signatures, any of which can play either party.
enum AlipayOracle: String, CaseIterable, Sendable {
    /// python-alipay-sdk, on pycryptodomex.
    case pythonSDK
    /// alipay-sdk-python, Alipay's own, on rsa.
    case officialSDK
    /// The openssl command, which is given the text that Alipay's Java library would sign.
    case openssl

    /// Both Python packages sign empty values, which the Java library leaves out.
    var leavesEmptyValuesOut: Bool { self == .openssl }

    /// Plays the gateway: a notification signed with Alipay's key.
    func notification(_ parameters: [String: String]) async throws -> [(name: String, value: String)] {
        let fixture = try AlipayFixture.shared.get()
        switch self {
        case .pythonSDK:
            return try await fixture.signedByPython(parameters)
        case .officialSDK:
            let order = Order(do: "sign_notification", private_key: fixture.alipay.privateKeyPEM, parameters: parameters)
            let answer = try await Oracle.python("alipay_official_oracle.py", order, as: Form.self, in: .official)
            guard let form = AlipayForm.decode(answer.form) else { throw AlipayFixture.FormBroken() }
            return form
        case .openssl:
            let signed = try await Oracle.openssl(
                ["dgst", "-sha256", "-sign", "key", "-out", "sign", "message"],
                files: ["key": Data(fixture.alipay.privateKeyPEM.utf8), "sign": Data(), "message": Self.text(parameters)]
            )
            let form = parameters.map { (name: $0.key, value: $0.value) } + [(name: "sign_type", value: "RSA2")]
            return form + [(name: "sign", value: (signed.files["sign"] ?? Data()).base64EncodedString())]
        }
    }

    /// Plays the gateway: which of our requests are rightly signed.
    func accepts(requests forms: [String]) async throws -> [Bool] {
        let fixture = try AlipayFixture.shared.get()
        switch self {
        case .pythonSDK:
            return try await fixture.pythonAccepts(requests: forms)
        case .officialSDK:
            let order = Order(do: "verify_requests", public_key: fixture.app.publicKeyPEM, forms: forms)
            return try await Oracle.python("alipay_official_oracle.py", order, as: Good.self, in: .official).good
        case .openssl:
            var good: [Bool] = []
            for form in forms {
                var parameters: [String: String] = [:]
                for (name, value) in AlipayForm.decode(form) ?? [] { parameters[name] = value }
                let signature = parameters.removeValue(forKey: "sign").flatMap { Data(base64Encoded: $0) }
                let answer = try await Oracle.openssl(
                    ["dgst", "-sha256", "-verify", "key", "-signature", "sign", "message"],
                    files: ["key": Data(fixture.app.publicKeyPEM.utf8), "sign": signature ?? Data(), "message": Self.text(parameters)]
                )
                good.append(answer.status == 0)
            }
            return good
        }
    }

    /// What the Java library signs.
    private static func text(_ parameters: [String: String]) -> Data {
        let pairs = parameters.filter { !$0.value.isEmpty }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return Data(pairs.map { "\($0.key)=\($0.value)" }.joined(separator: "&").utf8)
    }

    private struct Order: Encodable {
        let `do`: String
        var private_key: String?
        var public_key: String?
        var parameters: [String: String]?
        var forms: [String]?
    }

    private struct Form: Decodable { let form: String }

    private struct Good: Decodable { let good: [Bool] }
}
