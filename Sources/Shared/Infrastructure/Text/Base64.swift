import Foundation

/// base64url without padding (RFC 4648 §5, RFC 7515 §2): base64 for URLs, headers and file names.
package enum Base64URL {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        UnpaddedBase64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_")
    }

    /// - Returns: `nil` for text with any other character, such as padding or the two characters that other base64 has instead.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
        return decodeLeniently(text)
    }

    /// Reads the text of a peer whom we can't change: padding and the two characters of other base64 are allowed, too.
    package static func decodeLeniently(_ text: some StringProtocol) -> [UInt8]? {
        Data(paddedBase64: String(text).replacing("-", with: "+").replacing("_", with: "/")).map(Array.init)
    }
}

/// The usual base64 (RFC 4648 §4) without padding, as in the PHC string format of password hashes.
package enum UnpaddedBase64 {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    /// - Returns: `nil` for text with any other character, such as padding.
    package static func decode(_ text: String) -> [UInt8]? {
        text.utf8.contains(UInt8(ascii: "=")) ? nil : Data(paddedBase64: text).map(Array.init)
    }
}

extension Data {
    /// The bytes of a base64 text; padding that it lacks is added.
    fileprivate init?(paddedBase64 text: String) {
        self.init(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }
}
