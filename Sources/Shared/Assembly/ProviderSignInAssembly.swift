import API
import AsyncHTTPClient
package import HTTP
package import ServiceLifecycle
import Shared

/// Signing in by identity providers: the endpoints, and the connections to the providers.
package struct ProviderSignInAssembly: Sendable {
    package let endpoints: [Endpoint]
    /// Run beside the server.
    package let services: [any Service]

    /// - Throws: ``SettingFault`` for the first setting that is wrong.
    package init(_ assembly: ServiceAssembly) throws(SettingFault) {
        let (pool, accounts) = (assembly.pool, assembly.accounts)
        let connections = ProviderConnections()
        let signIn = ProviderSignIn(
            pool: pool, secondFactors: accounts.secondFactors, sessions: accounts.sessions, denials: accounts.denials,
            realm: assembly.realm, providers: try IdentityProvider.all(assembly.settings), http: connections.http
        )
        let links = LinkedIdentities(pool: pool, ownPassword: accounts.ownPassword, signIn: signIn, realm: assembly.realm)
        endpoints = ProviderSignInEndpoints(providers: signIn, links: links, ownPassword: accounts.ownPassword, writes: assembly.writes).all
        services = [connections]
    }
}

extension IdentityProvider {
    /// The identity providers whose accounts sign people in, as the settings name them.
    ///
    /// - `identity.providers` (IDENTITY_PROVIDERS): their names, separated by commas, each of a to z and 0 to 9. For one named `example`:
    /// - `identity.provider.example.issuer` (IDENTITY_PROVIDER_EXAMPLE_ISSUER), `identity.provider.example.clientID` (…_CLIENT_ID).
    /// - `identity.provider.example.clientSecret`, a secret: IDENTITY_PROVIDER_EXAMPLE_CLIENT_SECRET_FILE names a file.
    /// - `identity.provider.example.redirectURI` (…_REDIRECT_URI): of its own for each, so that one's codes can't be taken for another's.
    ///
    /// - Throws: ``SettingFault`` for the first value that is missing or wrong.
    static func all(_ settings: Settings) throws(SettingFault) -> [IdentityProvider] {
        var all: [IdentityProvider] = []
        for name in settings.list("identity.providers") {
            let key = "identity.provider." + name
            do throws(Fault) {
                _ = try IdentityProvider(name: name, issuer: "https://a", clientID: "", clientSecret: "", redirectURI: "a:b")
            } catch {
                throw SettingFault("identity.providers", "is not a list of names of the letters a to z and digits")
            }
            let (issuer, clientID) = (try settings.requiredText(key + ".issuer"), try settings.requiredText(key + ".clientID"))
            let secret = try settings.requiredSecret(key + ".clientSecret")
            let redirectURI = try settings.requiredText(key + ".redirectURI")
            let provider: IdentityProvider
            do throws(Fault) {
                provider = try IdentityProvider(
                    name: name, issuer: issuer, clientID: clientID, clientSecret: secret, redirectURI: redirectURI)
            } catch {
                switch error {
                case .name: throw SettingFault("identity.providers", "is not a list of names of the letters a to z and digits")
                case .issuer: throw SettingFault(key + ".issuer", "is not an https address without a query")
                case .redirectURI: throw SettingFault(key + ".redirectURI", "is not an absolute address without a fragment")
                }
            }
            for other in all {
                if other.name == name { throw SettingFault("identity.providers", "names one twice") }
                if other.issuer == issuer { throw SettingFault(key + ".issuer", "is that of another provider") }
                if other.redirectURI == redirectURI { throw SettingFault(key + ".redirectURI", "is that of another provider") }
            }
            all.append(provider)
        }
        return all
    }
}

/// The connections to the providers, closed when the service ends, or when it never began.
private final class ProviderConnections: Service {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: ProviderSignIn.httpConfiguration)

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }

    deinit {
        // The client insists on being shut down; once it was, a second time does nothing.
        http.shutdown { _ in }
    }
}
