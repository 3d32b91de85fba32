package import AsyncHTTPClient
import Database
import Foundation
import NIOCore

/// Signing in by accounts of other houses (OAuth 2.0 code flow with PKCE, OpenID Connect), and linking them to one's own.
package struct ProviderSignIn: Sendable {
    /// How long the person may take at the other house.
    package static let standardLife = Duration.seconds(600)

    let identity: Identity
    let realm: Realm
    let store = LinkedIdentityStore()
    let providers: [IdentityProvider]
    private let client: ProviderClient
    private let life: Duration
    private let logins = ProviderSignInStore()

    /// - Parameter http: made with ``httpConfiguration``, and shut down by whoever made it.
    package init(
        identity: Identity, realm: Realm, providers: [IdentityProvider], http: HTTPClient, life: Duration = standardLife
    ) {
        self.identity = identity
        self.realm = realm
        self.providers = providers
        client = ProviderClient(http: http)
        self.life = life
    }

    /// How an HTTP client for providers is set up: the answers come from where they are asked for, and soon.
    package static var httpConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(8))
        return configuration
    }

    /// Begins a sign-in or the linking of an account.
    ///
    /// - Throws: ``Refusal/providerUnknown``, ``Refusal/providerUnavailable``.
    package func begin(provider name: String) async throws -> NewProviderSignIn {
        let provider = try provider(name)
        let metadata = try await answer { () async throws(ProviderClient.Failure) in try await client.metadata(of: provider) }
        let (state, browser) = (OneTimeSecret(.state), OneTimeSecret(.browser))
        let expiresAt = try await logins.insert(state: state, browser: browser, provider: name, life: life, in: identity.pool)
        guard let expiresAt else { throw IdentityError.nothingReturned }
        let url = ProviderProofs(browser).authorizationURL(at: metadata.authorizationEndpoint, provider: provider, state: state)
        return NewProviderSignIn(authorizationURL: url, state: state, browserSecret: browser, expiresAt: expiresAt)
    }

    /// Who has signed in elsewhere: what the browser brought back is used up, the code changed, and the ID token believed or not.
    ///
    /// - Throws: ``Refusal/providerSignInInvalid``, ``Refusal/providerUnknown``, ``Refusal/providerUnavailable``.
    func person(_ back: ProviderReturn, address: String) async throws -> IDToken {
        let provider = try provider(back.provider)
        let metadata = try await answer { () async throws(ProviderClient.Failure) in try await client.metadata(of: provider) }
        let browser = OneTimeSecret(attempt: back.browserSecret)
        let isKnown = try await logins.use(
            state: OneTimeSecret(attempt: back.state), browser: browser, provider: provider.name, in: identity.pool
        )
        guard isKnown else { return try await refuse("state") }
        // Which house answered: without it, one could pass another's code off as its own.
        let namesItself = metadata.namesItself ?? false
        guard back.issuer == provider.issuer || back.issuer == nil && !namesItself else { return try await refuse("issuer") }
        let proofs = ProviderProofs(browser)
        do {
            let text = try await client.idToken(code: back.code, verifier: proofs.verifier, from: provider)
            let token = try await client.keys(of: provider, for: text).verify(text)
            try token.check(issuer: provider.issuer, clientID: provider.clientID, nonce: proofs.nonce, at: Date())
            return token
        } catch ProviderClient.Failure.refused {
            return try await refuse("code")
        } catch ProviderClient.Failure.unavailable {
            throw Refusal.providerUnavailable
        } catch let fault as IDToken.Fault {
            return try await refuse(fault.rawValue)
        }

        func refuse(_ reason: String) async throws -> IDToken {
            try await identity.recordRefusedSignIn(reason: "third_party_" + reason, realm: realm, address: address)
            throw Refusal.providerSignInInvalid
        }
    }

    private func provider(_ name: String) throws -> IdentityProvider {
        guard let provider = providers.first(where: { $0.name == name }) else { throw Refusal.providerUnknown }
        return provider
    }

    private func answer<Value>(_ ask: () async throws(ProviderClient.Failure) -> Value) async throws -> Value {
        do {
            return try await ask()
        } catch {
            throw Refusal.providerUnavailable
        }
    }
}
