/// What a provider says about itself (OpenID Connect Discovery 1.0 §3), as far as we use it.
struct ProviderMetadata: Hashable, Sendable, Decodable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keysAddress: String
    /// Whether it names itself when it sends the browser back (RFC 9207).
    let namesItself: Bool?
    let tokenAuthentications: [String]?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case keysAddress = "jwks_uri"
        case namesItself = "authorization_response_iss_parameter_supported"
        case tokenAuthentications = "token_endpoint_auth_methods_supported"
    }

    /// Whether it is who we asked, and all of its addresses may be used.
    func isGood(for provider: IdentityProvider) -> Bool {
        issuer == provider.issuer && [authorizationEndpoint, tokenEndpoint, keysAddress].allSatisfy(provider.trusts)
    }

    /// Whether our secret goes into the form instead of the header, which all providers take unless they say otherwise.
    var wantsSecretInForm: Bool {
        guard let tokenAuthentications else { return false }
        return !tokenAuthentications.contains("client_secret_basic") && tokenAuthentications.contains("client_secret_post")
    }
}
