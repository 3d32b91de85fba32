import API
import AsyncHTTPClient
package import HTTP
package import ServiceLifecycle
import Shared

/// Signing in with identity providers: the endpoints, and the connections to the providers.
package struct ProviderSignInAssembly: Sendable {
    package let endpoints: [Endpoint]
    /// Services that run beside the server.
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
        endpoints = ProviderSignInEndpoints(providers: signIn, links: links, writes: assembly.writes).all
        services = [connections]
    }
}

extension IdentityProvider {
    /// The identity providers whose accounts sign people in, as the settings name them.
    ///
    /// - Throws: ``SettingFault`` for the first value that is missing or wrong.
    static func all(_ settings: Settings) throws(SettingFault) -> [IdentityProvider] {
        var all: [IdentityProvider] = []
        for name in try settings[AccountSettings.providers] {
            do throws(Fault) {
                _ = try IdentityProvider(name: name, issuer: "https://a", clientID: "", clientSecret: "", redirectURI: "a:b")
            } catch {
                throw SettingFault(AccountSettings.providers.key, "is not a list of names of the letters a to z and digits")
            }
            let (issuerSetting, redirectSetting) = (
                AccountSettings.providerIssuer.named(name), AccountSettings.providerRedirectURI.named(name)
            )
            let (issuer, clientID) = (try settings[issuerSetting], try settings[AccountSettings.providerClientID.named(name)])
            let secret = try settings[AccountSettings.providerClientSecret.named(name)]
            let redirectURI = try settings[redirectSetting]
            let provider: IdentityProvider
            do throws(Fault) {
                provider = try IdentityProvider(
                    name: name, issuer: issuer, clientID: clientID, clientSecret: secret, redirectURI: redirectURI)
            } catch {
                switch error {
                case .name: throw SettingFault(AccountSettings.providers.key, "is not a list of names of the letters a to z and digits")
                case .issuer: throw SettingFault(issuerSetting.key, "is not an https address without a query")
                case .redirectURI: throw SettingFault(redirectSetting.key, "is not an absolute address without a fragment")
                }
            }
            for other in all {
                if other.name == name { throw SettingFault(AccountSettings.providers.key, "names one twice") }
                if other.issuer == issuer { throw SettingFault(issuerSetting.key, "is that of another provider") }
                if other.redirectURI == redirectURI { throw SettingFault(redirectSetting.key, "is that of another provider") }
            }
            all.append(provider)
        }
        return all
    }
}

/// Closes the connections to the providers when the service ends, or when it never began.
private final class ProviderConnections: Service {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: ProviderSignIn.httpConfiguration)

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }

    deinit {
        // The HTTP client must be shut down. A second time does nothing.
        http.shutdown { _ in }
    }
}
