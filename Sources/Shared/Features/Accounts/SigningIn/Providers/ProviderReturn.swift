import Crypto
import Text

package import struct Foundation.Date

/// A sign-in at a provider that has just begun, as the browser receives it.
package struct NewProviderSignIn: Sendable {
    /// Where the browser goes.
    package let authorizationURL: String
    /// Comes back with the browser.
    package let state: OneTimeSecret
    /// Known only to the browser that began it, which sends it to nobody but us.
    package let browserSecret: OneTimeSecret
    package let expiresAt: Date
}

/// What the browser brings back.
package struct ProviderReturn: Sendable {
    package let provider: String
    package let state: String
    package let code: String
    package let browserSecret: String
    /// The provider's name for itself (RFC 9207).
    package let issuer: String?

    package init(provider: String, state: String, code: String, browserSecret: String, issuer: String?) {
        self.provider = provider
        self.state = state
        self.code = code
        self.browserSecret = browserSecret
        self.issuer = issuer
    }
}

/// What goes to the provider. It is derived from the browser's secret, so none of it is stored, and nobody finds it in the database.
struct ProviderProofs: Sendable {
    /// Binds the ID token to this sign-in.
    let nonce: String
    /// Binds the code to this sign-in (RFC 7636).
    let verifier: String

    init(_ browserSecret: OneTimeSecret) {
        nonce = browserSecret.derived("nonce")
        verifier = browserSecret.derived("code_verifier")
    }

    /// S256 of the verifier.
    var challenge: String { Base64URL.encode(SHA256.hash(data: Array(verifier.utf8))) }

    /// Where the browser goes to sign in.
    func authorizationURL(at endpoint: String, provider: IdentityProvider, state: OneTimeSecret) -> String {
        let query = PercentEncoding.form([
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", provider.redirectURI),
            ("scope", "openid email profile"), ("state", state.text), ("nonce", nonce), ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }
}

extension NewProviderSignIn: CustomStringConvertible, CustomReflectable {
    /// Nothing that the browser alone may know.
    package var description: String { "a sign-in at a provider that has begun" }
    package var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}

extension ProviderReturn: CustomStringConvertible, CustomReflectable {
    /// Nothing that the browser brought but the provider's name.
    package var description: String { "return from \(provider)" }
    package var customMirror: Mirror { Mirror(self, children: ["provider": provider]) }
}

extension ProviderProofs: CustomStringConvertible, CustomReflectable {
    var description: String { "‹proofs›" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
