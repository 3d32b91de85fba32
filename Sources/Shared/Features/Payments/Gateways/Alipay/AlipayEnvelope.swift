import Text

/// An answer of the gateway as it is sent: an object that holds the answer's own object and the signature over its bytes.
///
/// The signature covers the bytes exactly as they came, braces included. So they are cut out of the body, and never written anew.
package struct AlipayEnvelope: Sendable {
    /// The bytes of the answer's object.
    package let content: [UInt8]
    /// The signature, base64.
    package let signature: String
    /// The certificate whose key made the signature; `nil` when the answer doesn't name it.
    package let certificateSN: String?

    /// - Parameter interface: the method that was called; the answer stands under its name with `_` for `.` and `_response` after it, or under
    ///   `error_response`.
    /// - Throws: ``GatewayFailure/untrusted(reason:)`` for anything else, also when one of the names occurs twice.
    package init(_ body: [UInt8], interface: String) throws {
        guard let members = try? JSONParser.members(of: body, rules: .lenient) else {
            throw GatewayFailure.untrusted(reason: "The answer is not a JSON object.")
        }
        let names = [interface.replacing(".", with: "_") + "_response", "error_response"]
        let contents = members.filter { names.contains($0.name) }
        let signatures = members.filter { $0.name == "sign" }
        guard contents.count == 1, case .object = contents[0].value else {
            throw GatewayFailure.untrusted(reason: "The answer has no content under the expected name.")
        }
        guard signatures.count == 1, case .string(let signature) = signatures[0].value else {
            throw GatewayFailure.untrusted(reason: "The answer has no signature.")
        }
        let numbers = members.filter { $0.name == "alipay_cert_sn" }
        guard numbers.count <= 1 else { throw GatewayFailure.untrusted(reason: "The answer names two certificates.") }
        certificateSN = if case .string(let number)? = numbers.first?.value { number } else { nil }
        content = Array(body[contents[0].bytes])
        self.signature = signature
    }
}
