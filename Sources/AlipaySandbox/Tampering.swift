import Foundation
import Shared

/// The ways to spoil a notice: the words of the knob `tamper`.
enum Tampering: String, CaseIterable, Decodable, Sendable {
    /// One byte of the signature is changed.
    case signature
    /// The signature is missing.
    case missingSignature = "missing_signature"
    /// The signature is made with somebody else's key.
    case key
    /// The notice says that its signature is of the weak kind.
    case signType = "sign_type"
    /// The amount was changed after signing.
    case amount
    /// The status was changed after signing.
    case status
    /// Our number of the trade was changed after signing.
    case trade
    /// A parameter was added after signing.
    case added
    /// A parameter was taken away after signing.
    case removed
    /// The amount occurs twice.
    case duplicate
    /// Rightly signed, but split differently: the time of the payment stands inside of the value before it. Anybody who has a genuine
    /// notice can make this.
    case regrouped
    /// Rightly signed, but the money went to another seller.
    case seller
    /// Rightly signed, but for another application.
    case app

    /// The parameters as they are before they are signed.
    func beforeSigning(_ parameters: [(name: String, value: String)]) -> [(name: String, value: String)] {
        switch self {
        case .seller: Self.replacing("seller_id", in: parameters) { _ in "2088000000000000" }
        case .app: Self.replacing("app_id", in: parameters) { _ in "2000000000000000" }
        default: parameters
        }
    }

    /// The parameters as they are sent.
    ///
    /// - Throws: when no other key can be made.
    func afterSigning(_ parameters: [(name: String, value: String)]) throws -> [(name: String, value: String)] {
        switch self {
        case .signature:
            return Self.replacing("sign", in: parameters) { ($0.hasPrefix("A") ? "B" : "A") + $0.dropFirst() }
        case .missingSignature:
            return parameters.filter { $0.name != "sign" }
        case .key:
            let signature = try AlipaySigner().sign(AlipayCanonicalText.ofNotification(parameters))
            return Self.replacing("sign", in: parameters) { _ in signature }
        case .signType:
            return Self.replacing("sign_type", in: parameters) { _ in "RSA" }
        case .amount:
            return Self.replacing("total_amount", in: parameters) { $0 == "0.01" ? "0.02" : "0.01" }
        case .status:
            return Self.replacing("trade_status", in: parameters) { $0 == "TRADE_FINISHED" ? "TRADE_SUCCESS" : "TRADE_FINISHED" }
        case .trade:
            return Self.replacing("out_trade_no", in: parameters) { $0 + "0" }
        case .added:
            return parameters + [(name: "invoice_amount", value: "0.00")]
        case .removed:
            return parameters.filter { $0.name != "buyer_id" }
        case .duplicate:
            return parameters + parameters.filter { $0.name == "total_amount" }
        case .regrouped:
            return Self.regrouping("gmt_payment", into: "gmt_create", in: parameters)
        case .seller, .app:
            return parameters
        }
    }

    /// Moves a parameter into the value of the one before it in the signed text, which stays the same.
    private static func regrouping(
        _ name: String, into other: String, in parameters: [(name: String, value: String)]
    ) -> [(name: String, value: String)] {
        let moved = parameters.filter { $0.name == name }.map { "&\($0.name)=\($0.value)" }.joined()
        return replacing(other, in: parameters.filter { $0.name != name }) { $0 + moved }
    }

    private static func replacing(
        _ name: String, in parameters: [(name: String, value: String)], by change: (String) -> String
    ) -> [(name: String, value: String)] {
        parameters.map { $0.name == name ? (name, change($0.value)) : $0 }
    }
}
