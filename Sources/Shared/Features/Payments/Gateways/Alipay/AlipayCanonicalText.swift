/// The text that is signed: parameters in the order of their names' bytes, as `name=value`, joined by `&`. Values are not encoded.
///
/// Entries whose name or value is empty are left out, as the gateway's Java library does (AlipaySignature.getSignContent).
package enum AlipayCanonicalText {
    /// The text of a request: all parameters except the signature itself. The kind of signature is part of it.
    package static func ofRequest(_ parameters: [(name: String, value: String)]) -> String {
        text(parameters) { $0 != "sign" }
    }

    /// The text of a notification: all parameters except the signature and its kind (AlipaySignature.rsaCheckV1). Parameters that we don't
    /// know are part of it.
    package static func ofNotification(_ parameters: [(name: String, value: String)]) -> String {
        text(parameters) { $0 != "sign" && $0 != "sign_type" }
    }

    /// The same in bytes, for a notification as it came: the gateway signs bytes, in whatever character set they are.
    package static func ofNotification(_ parameters: [AlipayParameter]) -> [UInt8] {
        let signed = parameters.filter {
            !$0.name.isEmpty && !$0.value.isEmpty && !$0.name.elementsEqual("sign".utf8) && !$0.name.elementsEqual("sign_type".utf8)
        }
        let lines = signed.sorted { $0.name.lexicographicallyPrecedes($1.name) }.map { $0.name + [UInt8(ascii: "=")] + $0.value }
        return Array(lines.joined(separator: [UInt8(ascii: "&")]))
    }

    private static func text(_ parameters: [(name: String, value: String)], signs: (String) -> Bool) -> String {
        parameters
            .filter { !$0.name.isEmpty && !$0.value.isEmpty && signs($0.name) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { "\($0.name)=\($0.value)" }
            .joined(separator: "&")
    }
}
