import Crypto
import Text

/// Something that only its holder can know: a prefix that says what it is for, and 30 random base62 characters (178 bits).
package struct OneTimeSecret: Hashable, Sendable {
    /// What a secret is for.
    enum Purpose: String, Sendable {
        /// What a QR code says.
        case qr
        /// By which the device that shows a QR code asks what became of it.
        case poll
        /// By which somebody who asked for a code by message is recognised.
        case request
        /// By which a signed-in person goes from one app to another.
        case ticket
        /// By which a registered app proves itself.
        case app
        /// By which a sign-in at an identity provider finds back to where it began.
        case state
        /// By which the browser that began a sign-in at an identity provider is recognised.
        case browser
    }

    /// The whole secret, to be shown to its owner once and never stored.
    package let text: String

    init(_ purpose: Purpose) {
        text = purpose.rawValue + "_" + Alphabet.base62.randomWord(30)
    }

    /// What somebody shows as such a secret; the stored hash decides whether it is one.
    package init(attempt text: String) {
        self.text = text
    }

    /// What is stored in its place. A fast hash serves, since nobody can guess 178 random bits.
    var sha256: [UInt8] {
        Array(SHA256.hash(data: Array(text.utf8)))
    }

    /// Another secret for each label, from which this one can't be found: HMAC-SHA-256, in base64url.
    func derived(_ label: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(label.utf8), using: SymmetricKey(data: Array(text.utf8)))
        return Base64URL.encode(code)
    }
}

extension OneTimeSecret: CustomStringConvertible, CustomReflectable {
    /// Nothing of it: a secret must not get into a log by being printed.
    package var description: String { "‹secret›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
