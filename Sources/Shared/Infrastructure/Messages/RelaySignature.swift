import Crypto
import Text

/// The proof for the relay that a message is ours: HMAC-SHA256 over the time, a dot and the body, in hexadecimal digits.
///
/// The header `X-Piao-Timestamp` has the time (seconds since 1970), and `X-Piao-Signature: v1=…` the signature. A receiver refuses messages
/// that are older than a few minutes, and compares in constant time.
package struct RelaySignature: Sendable {
    private let key: SymmetricKey

    package init(secret: String) {
        key = SymmetricKey(data: Array(secret.utf8))
    }

    package func text(timestamp: Int, body: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(timestamp).".utf8) + body, using: key)
        return "v1=" + code.hexadecimal
    }
}

extension RelaySignature: CustomStringConvertible, CustomReflectable {
    /// A description that doesn't contain the key.
    package var description: String { "relay signature" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
