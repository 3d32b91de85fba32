import Foundation

/// An identity provider whose accounts people can sign in with, by OpenID Connect.
package struct IdentityProvider: Hashable, Sendable {
    /// Our word for it.
    package let name: String
    /// Its name among all providers: a URL, exactly as its tokens spell it.
    package let issuer: String
    package let clientID: String
    let clientSecret: String
    /// Where it sends the browser back to: the app, which hands us what came along.
    package let redirectURI: String

    /// What is wrong with a provider's settings.
    package enum Fault: Error, Hashable {
        case name
        case issuer
        case redirectURI
    }

    /// - Throws: ``Fault``.
    package init(name: String, issuer: String, clientID: String, clientSecret: String, redirectURI: String) throws(Fault) {
        guard name.wholeMatch(of: /[a-z][a-z0-9]{0,31}/) != nil else { throw .name }
        guard let url = URL(string: issuer), Self.isSafe(url), url.query == nil, url.fragment == nil, issuer.utf8.count <= 500 else {
            throw .issuer
        }
        guard let target = URL(string: redirectURI), target.scheme != nil, target.fragment == nil else { throw .redirectURI }
        self.name = name
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.redirectURI = redirectURI
    }

    /// Where it says how to talk to it (OpenID Connect Discovery 1.0 §4).
    var discoveryURL: String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// Whether one of its URLs may be used: https, and http only where the provider as a whole runs on this machine.
    func trusts(_ text: String) -> Bool {
        guard let url = URL(string: text), let own = URL(string: issuer), Self.isSafe(url) else { return false }
        return url.scheme == "https" || own.scheme == "http"
    }

    private static func isSafe(_ url: URL) -> Bool {
        guard let host = url.host(), !host.isEmpty, url.user() == nil else { return false }
        return url.scheme == "https" || url.scheme == "http" && ["127.0.0.1", "::1", "localhost"].contains(host)
    }
}

extension IdentityProvider: CustomStringConvertible, CustomReflectable {
    /// Only the name: the secret must not get into a log.
    package var description: String { "provider \(name)" }
    package var customMirror: Mirror { Mirror(self, children: ["name": name, "issuer": issuer]) }
}
