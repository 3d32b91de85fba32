package import HTTP
package import Shared

/// Signing in by the accounts of identity providers, and linking those to one's own.
///
/// | method | path | needs |
/// | --- | --- | --- |
/// | POST | /v1/third-party-logins | nothing |
/// | POST | /v1/sessions/by-third-party | the browser's secret |
/// | GET | /v1/me/identities | a session |
/// | POST | /v1/me/identities | a session, and the password unless it has just begun |
/// | DELETE | /v1/me/identities/{id} | a session, and the password unless it has just begun |
package struct ProviderSignInEndpoints: Sendable {
    private let providers: ProviderSignIn
    private let links: LinkedIdentities
    private let ownPassword: OwnPassword
    private let writes: Writes

    package init(providers: ProviderSignIn, links: LinkedIdentities, ownPassword: OwnPassword, writes: Writes) {
        self.providers = providers
        self.links = links
        self.ownPassword = ownPassword
        self.writes = writes
    }

    package var all: [Endpoint] { [begin, signIn, list, link, unlink] }

    var begin: Endpoint {
        Endpoint(
            .post, "/v1/third-party-logins",
            "Begins a sign-in at an identity provider: keep the browser's secret and open the URL. It lives ten minutes and counts once.",
            access: .open,
            rateLimit: .signIn,
            body: ProviderSignInShapes.wanted,
            answers: .created(ProviderSignInShapes.begun),
            problems: [Problem(.providerUnknown), Problem(.providerUnavailable)]
        ) { call in
            .created(try await providers.begin(provider: call.body), at: "/v1/sessions/by-third-party")
        }
    }

    var signIn: Endpoint {
        Endpoint(
            .post, "/v1/sessions/by-third-party",
            "Signs in with what the browser brought back from the identity provider; the first time with a new account.",
            access: .open,
            rateLimit: .signIn,
            body: ProviderSignInShapes.back,
            answers: .created(AccountShape.signedIn),
            problems: [
                Problem(.providerSignInInvalid), Problem(.accountDisabled), Problem(.linkingNeeded), Problem(.totpRequired),
                Problem(.providerUnknown),
                Problem(.providerUnavailable),
            ]
        ) { call in
            .created(try await providers.signIn(call.body, address: call.address), at: "/v1/sessions/current")
        }
    }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/me/identities", "Lists the accounts of identity providers that sign the caller in.",
            access: .signedIn,
            answers: .page(ProviderSignInShapes.identity),
            problems: [Problem(.cursorInvalid)]
        ) { call in
            .page(try await links.identities(of: Principal(call.caller), page: call.pageRequest))
        }
    }

    var link: Endpoint {
        Endpoint(
            .post, "/v1/me/identities",
            "Links an identity provider's account to the caller's. Needs the password, unless the session is younger than five minutes.",
            access: .signedIn,
            rateLimit: .signIn,
            body: ProviderSignInShapes.link,
            answers: .created(ProviderSignInShapes.identity),
            problems: [
                Problem(.confirmationNeeded), Problem(.passwordWrong), Problem(.providerSignInInvalid), Problem(.identityTaken),
                Problem(.providerUnknown), Problem(.signInThrottled(seconds: 1)), Problem(.tooManySignIns), Problem(.providerUnavailable),
            ]
        ) { call in
            let principal = try Principal(call.caller)
            let confirmed = try await links.confirm(
                call.body.back, password: call.body.password, by: principal, address: call.address
            )
            let linked = try await writes.perform(call) { transaction in
                try await links.link(confirmed, to: principal, address: call.address, in: transaction)
            }
            return .created(linked, at: "/v1/me/identities/\(linked.id)")
        }
    }

    var unlink: Endpoint {
        Endpoint(
            .delete, "/v1/me/identities/{id}",
            "Takes a link away, unless nothing else would sign the caller in. Needs the password, unless the session is younger than five minutes.",
            access: .signedIn,
            rateLimit: .signIn,
            body: ProviderSignInShapes.unlink,
            answers: .noContent,
            problems: [
                Problem(.lastWayIn), Problem(.confirmationNeeded), Problem(.passwordWrong), Problem(.signInThrottled(seconds: 1)),
                Problem(.tooManySignIns),
            ]
        ) { call in
            let id = try call.id("id")
            let principal = try Principal(call.caller)
            try await ownPassword.requireAtHand(principal, password: call.body, address: call.address)
            try await writes.perform(call) { transaction in
                try await links.unlink(id, of: principal, address: call.address, in: transaction)
            }
            return .noContent
        }
    }
}
