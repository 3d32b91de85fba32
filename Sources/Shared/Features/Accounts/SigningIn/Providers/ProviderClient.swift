import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Text
import Waiting

/// Asks providers for their metadata and keys, which are cached for a while, and changes codes into tokens.
final class ProviderClient: Sendable {
    /// Why a provider gave us nothing.
    enum Failure: Error, Hashable {
        /// It can't be reached, or what it says makes no sense.
        case unavailable
        /// It doesn't take the code, the verifier or our secret.
        case refused
    }

    private struct Entry {
        var metadata: ProviderMetadata
        var keys: ProviderKeys
        var readAt: ContinuousClock.Instant
    }

    /// No answer that we want comes near it, in bytes.
    private static let largestAnswer = 256 * 1024
    private static let timeout = Duration.seconds(8)
    /// How long a provider's metadata is cached.
    private static let lifetime = Duration.seconds(3600)
    /// How soon it may be asked again because a token names a key that we don't have.
    private static let shortestLife = Duration.seconds(60)

    private let http: HTTPClient
    private let entries = Mutex<[String: Entry]>([:])

    /// - Parameter http: made with ``httpConfiguration``, and shut down by whoever made it.
    init(http: HTTPClient) {
        self.http = http
    }

    func metadata(of provider: IdentityProvider) async throws(Failure) -> ProviderMetadata {
        try await entry(of: provider).metadata
    }

    /// The keys of a provider, fetched anew when the token names one that isn't among those that we have.
    func keys(of provider: IdentityProvider, for token: String) async throws(Failure) -> ProviderKeys {
        let cached = try await entry(of: provider)
        if (try? cached.keys.hasKey(of: token)) != false || ContinuousClock.now - cached.readAt < Self.shortestLife { return cached.keys }
        return try await fetch(provider).keys
    }

    /// Changes a code into an ID token (RFC 6749 §4.1.3, RFC 7636 §4.5).
    func idToken(code: String, verifier: String, from provider: IdentityProvider) async throws(Failure) -> String {
        let metadata = try await metadata(of: provider)
        var fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", provider.redirectURI), ("code_verifier", verifier),
        ]
        var request = HTTPClientRequest(url: metadata.tokenEndpoint)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Accept", value: "application/json")
        if metadata.wantsSecretInForm {
            fields += [("client_id", provider.clientID), ("client_secret", provider.clientSecret)]
        } else {
            // Both parts are encoded as in a form first (RFC 6749 §2.3.1).
            let credentials = PercentEncoding.encode(provider.clientID) + ":" + PercentEncoding.encode(provider.clientSecret)
            request.headers.add(name: "Authorization", value: "Basic " + Data(credentials.utf8).base64EncodedString())
        }
        request.body = .bytes(ByteBuffer(string: PercentEncoding.form(fields)))
        let bytes = try await send(request)
        guard let answer = try? JSONDecoder().decode(TokenAnswer.self, from: Data(bytes)) else { throw .unavailable }
        return answer.idToken
    }

    private struct TokenAnswer: Decodable {
        let idToken: String

        private enum CodingKeys: String, CodingKey {
            case idToken = "id_token"
        }
    }

    private func entry(of provider: IdentityProvider) async throws(Failure) -> Entry {
        let cached = entries.withLock { $0[provider.issuer] }
        if let cached, ContinuousClock.now - cached.readAt < Self.lifetime { return cached }
        return try await fetch(provider)
    }

    private func fetch(_ provider: IdentityProvider) async throws(Failure) -> Entry {
        let readAt = ContinuousClock.now
        let answer = try await get(provider.discoveryURL)
        guard let metadata = try? JSONDecoder().decode(ProviderMetadata.self, from: Data(answer)), metadata.isGood(for: provider) else {
            throw .unavailable
        }
        guard let keys = try? await ProviderKeys(json: get(metadata.keysURL)) else { throw .unavailable }
        let entry = Entry(metadata: metadata, keys: keys, readAt: readAt)
        entries.withLock { $0[provider.issuer] = entry }
        return entry
    }

    private func get(_ url: String) async throws(Failure) -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json")
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws(Failure) -> [UInt8] {
        do {
            // The client's own deadline ends with the head of the answer; this one holds for the whole.
            return try await withTimeLimit(Self.timeout) { [http] in
                let response = try await http.execute(request, timeout: .seconds(8))
                switch response.status.code {
                case 200: return Array(buffer: try await response.body.collect(upTo: Self.largestAnswer))
                case 400, 401, 403: throw Failure.refused
                default: throw Failure.unavailable
                }
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw .unavailable
        }
    }
}

/// What a provider says about itself (OpenID Connect Discovery 1.0 §3), as far as we use it.
struct ProviderMetadata: Hashable, Sendable, Decodable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keysURL: String
    /// Whether it names itself when it sends the browser back (RFC 9207).
    let namesItself: Bool?
    let tokenAuthentications: [String]?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case keysURL = "jwks_uri"
        case namesItself = "authorization_response_iss_parameter_supported"
        case tokenAuthentications = "token_endpoint_auth_methods_supported"
    }

    /// Whether it is who we asked, and all of its URLs may be used.
    func isGood(for provider: IdentityProvider) -> Bool {
        issuer == provider.issuer && [authorizationEndpoint, tokenEndpoint, keysURL].allSatisfy(provider.trusts)
    }

    /// Whether our secret goes into the form instead of the header, which all providers take unless they say otherwise.
    var wantsSecretInForm: Bool {
        guard let tokenAuthentications else { return false }
        return !tokenAuthentications.contains("client_secret_basic") && tokenAuthentications.contains("client_secret_post")
    }
}
