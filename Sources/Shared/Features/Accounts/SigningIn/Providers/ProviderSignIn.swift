package import AsyncHTTPClient
package import Callers
package import Database
import Foundation
import NIOCore
import Text

/// Signs people in by the account that they have at an identity provider (OAuth 2.0 code flow with PKCE, OpenID Connect).
package struct ProviderSignIn: Sendable {
    /// How long the person may take at the provider.
    package static let standardLife = Duration.seconds(600)

    let providers: [IdentityProvider]
    private let pool: PostgresPool
    private let secondFactors: SecondFactors
    private let sessions: Sessions
    private let denials: Denials
    private let realm: Realm
    private let client: ProviderClient
    private let life: Duration
    private let signInStore = ProviderSignInStore()
    private let linkStore = LinkedIdentityStore()
    private let accountStore = AccountStore()
    private let factorStore = SecondFactorStore()
    private let auditTrail = AuditTrail()

    /// - Parameter http: made with ``httpConfiguration``, and shut down by whoever made it.
    package init(
        pool: PostgresPool, secondFactors: SecondFactors, sessions: Sessions, denials: Denials, realm: Realm,
        providers: [IdentityProvider], http: HTTPClient, life: Duration = standardLife
    ) {
        self.pool = pool
        self.secondFactors = secondFactors
        self.sessions = sessions
        self.denials = denials
        self.realm = realm
        self.providers = providers
        client = ProviderClient(http: http)
        self.life = life
    }

    /// How an HTTP client for providers is set up: it follows no redirections and doesn't wait for long.
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
        let expiresAt = try await signInStore.insert(state: state, browser: browser, provider: name, life: life, in: pool)
        let url = ProviderProofs(browser).authorizationURL(at: metadata.authorizationEndpoint, provider: provider, state: state)
        return NewProviderSignIn(authorizationURL: url, state: state, browserSecret: browser, expiresAt: expiresAt)
    }

    /// Who has signed in at the provider: uses up what the browser brought back, changes the code into an ID token, and checks that.
    ///
    /// - Throws: ``Refusal/providerSignInInvalid``, ``Refusal/providerUnknown``, ``Refusal/providerUnavailable``.
    func person(_ back: ProviderReturn, address: String) async throws -> IDToken {
        let provider = try provider(back.provider)
        let metadata = try await answer { () async throws(ProviderClient.Failure) in try await client.metadata(of: provider) }
        let browser = OneTimeSecret(attempt: back.browserSecret)
        let isOpen = try await signInStore.use(
            state: OneTimeSecret(attempt: back.state), browser: browser, provider: provider.name, in: pool
        )
        guard isOpen else { return try await refuse("state") }
        // Which provider answered: without it, one provider could pass another's code off as its own.
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
            try await denials.recordSignIn(reason: "third_party_" + reason, realm: realm, address: address)
            throw Refusal.providerSignInInvalid
        }
    }

    /// Two requests made an account for the same person at once; the slower one looks again.
    private struct Raced: Error {}

    /// Signs somebody in by an account at a provider; the first time with a new account of ours.
    ///
    /// - Throws: ``Refusal/linkingNeeded``, ``Refusal/accountDisabled``, ``Refusal/providerSignInInvalid``, ``Refusal/providerUnknown``,
    ///   ``Refusal/providerUnavailable``, ``Refusal/totpRequired``: an account with a second factor is signed in by its password.
    package func signIn(_ back: ProviderReturn, address: String) async throws -> SignedIn {
        let person = try await person(back, address: address)
        let token = Token(realm: realm)
        do {
            return try await open()
        } catch is Raced {
            return try await open()
        } catch let refusal as Refusal where [.totpRequired, .linkingNeeded].contains(refusal) {
            try await denials.recordSignIn(reason: "third_party_" + refusal.code, realm: realm, address: address)
            throw refusal
        }

        func open() async throws -> SignedIn {
            let signedIn: SignedIn? = try await pool.withTransaction { transaction in
                let linked = try await linkStore.accountID(issuer: person.iss, subject: person.sub, realm: realm, in: transaction)
                let id: Int64 = if let linked { linked } else { try await addAccount(for: person, back.provider, address, in: transaction) }
                // Locked, so that no session begins while an administrator disables the account.
                guard let account = try await accountStore.locked(id, in: transaction), !account.isDisabled else { return nil }
                // Whoever has a second factor is asked for it; a provider doesn't do that for us.
                let factor = try await factorStore.factor(of: account.id, in: transaction)
                let outcome = try await secondFactors.check(factor, of: account, code: nil, address: address, in: transaction)
                guard outcome == .passed else { throw Refusal.totpRequired }
                return try await sessions.open(
                    of: account, token: token, address: address, method: .provider, in: transaction)
            }
            guard let signedIn else {
                try await denials.recordSignIn(reason: "third_party_disabled", realm: realm, address: address)
                throw Refusal.accountDisabled
            }
            return signedIn
        }
    }

    /// Makes an account for somebody who comes for the first time. The provider's phone number and e-mail address are not taken over: they
    /// would be ways in that nobody has proved to us.
    private func addAccount(
        for person: IDToken, _ provider: String, _ address: String, in transaction: PostgresTransaction
    ) async throws -> Int64 {
        if person.emailVerified == true, let email = person.email.flatMap({ try? EmailAddress($0) }),
            try await linkStore.hasAccount(email: email, realm: realm, in: transaction)
        {
            throw Refusal.linkingNeeded
        }
        var added: Int64?
        for username in ProposedUsernames(person.preferredUsername).all where added == nil {
            added = try await linkStore.insertAccount(username: username, realm: realm, in: transaction)
        }
        guard let added else { throw Raced() }
        try await auditTrail.record(
            AuditEntry(
                actorAccountID: nil, action: .accountCreated, subject: "account:\(added)", address: address,
                details: ["realm": realm.rawValue, "permission": String(realm.usualPermission.rawValue), "provider": provider]
            ),
            in: transaction
        )
        let linked = try await linkStore.insert(
            accountID: added, realm: realm, issuer: person.iss, subject: person.sub, provider: provider, in: transaction
        )
        guard linked != nil else { throw Raced() }
        return added
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

/// Usernames for an account that comes by a provider: the name that the person has there, then others with random characters appended.
struct ProposedUsernames: Hashable, Sendable {
    let all: [Username]

    init(_ preferred: String?) {
        let wanted = preferred.flatMap { try? Username($0) }
        let base = wanted.map { String($0.description.prefix(20)) } ?? "guest"
        let alphabet = Alphabet("abcdefghijkmnpqrstuvwxyz23456789")
        let others = (0..<3).compactMap { _ in
            try? Username(base + "_" + alphabet.randomWord(8))
        }
        all = (wanted.map { [$0] } ?? []) + others
    }
}
