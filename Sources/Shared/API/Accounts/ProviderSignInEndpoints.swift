import Callers
package import HTTP
package import Shared

/// Signing in with accounts of identity providers, and linking these to one's own account.
package struct ProviderSignInEndpoints: Sendable {
    private let providers: ProviderSignIn
    private let links: LinkedIdentities
    private let writes: Writes

    package init(providers: ProviderSignIn, links: LinkedIdentities, writes: Writes) {
        self.providers = providers
        self.links = links
        self.writes = writes
    }

    package var all: [Endpoint] { [begin, signIn, list, link, unlink] }

    var begin: Endpoint {
        Endpoint(
            .post, "/v1/third-party-logins",
            "Begins a sign-in at an identity provider: keep the browser's secret and open the URL. It lives ten minutes and counts once.",
            name: "startThirdPartyLogin",
            access: .open,
            rateLimit: .signIn,
            body: ProviderSignInShape.wanted,
            answers: .created(ProviderSignInShape.begun, at: "/v1/sessions/by-third-party"),
            refusals: [.providerUnknown, .providerUnavailable]
        ) { call in
            .created(try await providers.begin(provider: call.body))
        }
    }

    var signIn: Endpoint {
        Endpoint(
            .post, "/v1/sessions/by-third-party",
            "Signs in with what the browser brought back from the identity provider; the first time with a new account.",
            name: "signInByThirdParty",
            access: .open,
            rateLimit: .signIn,
            body: ProviderSignInShape.back,
            answers: .created(AccountShape.signedIn, at: SessionEndpoints.current),
            refusals: [.providerSignInInvalid, .accountDisabled, .linkingNeeded, .totpRequired, .providerUnknown, .providerUnavailable]
        ) { call in
            .created(try await providers.signIn(call.body, address: call.address))
        }
    }

    var list: Endpoint {
        Endpoint(
            .get, "/v1/me/identities", "Lists the accounts of identity providers that sign the caller in.",
            name: "listIdentities",
            access: .signedIn,
            answers: .page(ProviderSignInShape.identity)
        ) { call in
            .page(try await links.identities(of: call.principal, page: call.page))
        }
    }

    var link: Endpoint {
        Endpoint(
            .post, "/v1/me/identities",
            "Links an identity provider's account to the caller's. Needs the password, unless the session is younger than five minutes.",
            name: "linkIdentity",
            access: .signedIn,
            rateLimit: .signIn,
            body: ProviderSignInShape.link,
            answers: .created(ProviderSignInShape.identity, at: unlink.path, \.id),
            refusals: [
                .confirmationNeeded, .passwordWrong, .providerSignInInvalid, .identityTaken, .providerUnknown,
                .signInThrottled(seconds: 1), .busy, .providerUnavailable,
            ]
        ) { call in
            let body = call.body
            let linked = try await links.link(body.back, password: body.password, to: call.principal, address: call.address) { link in
                try await writes.perform(call) { try await link($0) }
            }
            return .created(linked)
        }
    }

    var unlink: Endpoint {
        Endpoint(
            .delete, "/v1/me/identities/{id}",
            "Takes a link away, unless nothing else would sign the caller in. Needs the password, unless the session is younger than five minutes.",
            name: "unlinkIdentity",
            access: .signedIn,
            rateLimit: .signIn,
            body: ProviderSignInShape.unlink,
            answers: .noContent,
            refusals: [.lastWayIn, .confirmationNeeded, .passwordWrong, .signInThrottled(seconds: 1), .busy]
        ) { call in
            try await links.unlink(call[.id], of: call.principal, password: call.body, address: call.address) { unlink in
                try await writes.perform(call) { try await unlink($0) }
            }
            return .noContent
        }
    }
}
