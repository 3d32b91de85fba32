import API
import AsyncHTTPClient
package import HTTP
package import ServiceLifecycle
import Shared

/// The ways of signing in that need somebody else: another device, another app, another house.
package struct SigningInByOthers: Sendable {
    package let endpoints: [Endpoint]
    /// Run beside the server.
    package let services: [any Service]

    /// - Throws: ``SettingFault`` for the first setting that is wrong.
    package init(_ assembly: ServiceAssembly) throws(SettingFault) {
        let (identity, realm, writes) = (assembly.identity, assembly.realm, assembly.writes)
        let codes = QRLogins(identity: identity, realm: realm)
        let apps = Apps(identity: identity)
        let connections = ProviderConnections()
        let thirdParty = ThirdPartyLogins(
            identity: identity, realm: realm, providers: try IdentityProvider.all(assembly.settings), http: connections.http
        )
        endpoints =
            QRLoginEndpoints(logins: codes, writes: writes).all
            + AppTicketEndpoints(apps: apps, writes: writes, realm: realm).all
            + ThirdPartyEndpoints(logins: thirdParty, identity: identity, writes: writes).all
        services = [connections]
    }
}

extension IdentityProvider {
    /// The houses whose accounts sign people in, as a service is told from outside.
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

/// The connections to the providers, closed when the service ends, or when it never began.
private final class ProviderConnections: Service {
    let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: ThirdPartyLogins.httpConfiguration)

    func run() async throws {
        try? await gracefulShutdown()
        try await http.shutdown()
    }

    deinit {
        // The client insists on being shut down; once it was, a second time does nothing.
        http.shutdown { _ in }
    }
}
