import HTTP
import Shared

/// Signing in with identity providers in bodies and answers.
enum ProviderSignInShape {
    static let begun = Shape<NewProviderSignIn>(
        "NewProviderSignIn",
        .text("authorization_url", "Where the browser goes.", example: "https://id.example.com/authorize?response_type=code") {
            $0.authorizationURL
        },
        .text("state", "What must come back with the browser.", example: "state_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd") { $0.state.text },
        .text(
            "browser_secret", "Keep it in the browser that goes there, and show it to nobody else; shown this once.",
            example: "browser_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"
        ) { $0.browserSecret.text },
        .timestamp("expires_at", "When it is over.") { $0.expiresAt }
    )

    static let identity = Shape<LinkedIdentity>(
        "LinkedIdentity",
        .id("id", "Number of the link.", example: "5") { $0.id },
        .text("provider", "The identity provider.", example: "example") { $0.provider },
        .timestamp("created_at", "When it was linked.") { $0.createdAt }
    )

    static let wanted = Body<String>(
        "ThirdPartyLoginStart", Field<String>.required("provider", .text(1...32), "The identity provider.", example: "example")
    ) { $0 }

    private static let provider = Field<String>.required("provider", .text(1...32), "The identity provider.", example: "example")
    private static let state = Field<String>.required(
        "state", .text(1...64), "As it came back.", example: "state_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd")
    private static let code = Field<String>.required("code", .text(1...2048), "As it came back.", example: "SplxlOBeZQQYbYS6WxSbIA")
    private static let browserSecret = Field<String>.required(
        "browser_secret", .password(1...64), "As it was given out.", example: "browser_ABCDEFGHIJKLMNOPQRSTUVWXYZabcd")
    private static let issuer = Field<String?>.optional(
        "iss", .text(1...500), "As it came back, if it did (RFC 9207).", example: "https://id.example.com")

    static let back = Body<ProviderReturn>(
        "ProviderReturn", provider, state, code, browserSecret, issuer
    ) { ProviderReturn(provider: $0, state: $1, code: $2, browserSecret: $3, issuer: $4) }

    static let unlink = Body<String?>(
        "LinkedIdentityEnd",
        Field<String?>.optional("password", .password(1...512), "The caller's password.", example: "correct horse battery")
    ) { $0 }

    struct Link: Sendable {
        let back: ProviderReturn
        let password: String?
    }

    static let link = Body<Link>(
        "NewLinkedIdentity", provider, state, code, browserSecret, issuer,
        Field<String?>.optional("password", .password(1...512), "The caller's password.", example: "correct horse battery")
    ) { Link(back: ProviderReturn(provider: $0, state: $1, code: $2, browserSecret: $3, issuer: $4), password: $5) }
}
