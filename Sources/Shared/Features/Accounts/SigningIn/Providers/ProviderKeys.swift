import Foundation
import JWTKit
import Text

/// The keys that a provider signs with.
struct ProviderKeys: Sendable {
    /// With a private key only the provider can sign: neither `none` nor a secret that we share.
    private static let algorithms: Set<String> = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]

    private let collection = JWTKeyCollection()
    private let identifiers: Set<String>

    /// Keys of kinds that we don't know are passed over.
    ///
    /// - Throws: an error when the text is no key set.
    init(json: [UInt8]) async throws {
        let set = try JSONDecoder().decode(KeySet.self, from: Data(json))
        var identifiers: Set<String> = []
        for key in set.keys.prefix(32).compactMap(\.key) {
            var key = key
            // A set of one key may leave its name out.
            if key.keyIdentifier == nil { key.keyIdentifier = JWKIdentifier(string: "") }
            guard (try? await collection.add(jwk: key)) != nil else { continue }
            identifiers.insert(key.keyIdentifier?.string ?? "")
        }
        self.identifiers = identifiers
    }

    /// Whether the key is here that a token names; if not, the provider may have a new one.
    func hasKey(of token: String) throws(IDToken.Fault) -> Bool {
        guard let kid = try Self.header(of: token).kid else { return true }
        return identifiers.contains(kid)
    }

    /// Reads a token whose signature is good.
    func verify(_ token: String) async throws(IDToken.Fault) -> IDToken {
        let header = try Self.header(of: token)
        guard Self.algorithms.contains(header.alg) else { throw .algorithm }
        // Other tokens of the same provider are signed by the same keys: an access token says `at+jwt` (RFC 8725 §3.11).
        guard header.typ.map({ ["jwt", "application/jwt"].contains($0.lowercased()) }) ?? true else { throw .type }
        // The library would try another key instead.
        guard try hasKey(of: token) else { throw .key }
        do {
            return try await collection.verify(token, as: IDToken.self)
        } catch let error as JWTError where error.errorType == .malformedToken {
            throw .malformed
        } catch {
            throw .signature
        }
    }

    private static func header(of token: String) throws(IDToken.Fault) -> Header {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard
            parts.count == 3, let bytes = Base64URL.decodeLeniently(parts[0]),
            let header = try? JSONDecoder().decode(Header.self, from: Data(bytes))
        else { throw .malformed }
        return header
    }

    private struct Header: Decodable {
        let alg: String
        let kid: String?
        let typ: String?
    }

    private struct KeySet: Decodable {
        let keys: [Entry]
    }

    /// A key, if it is one that we know to use.
    private struct Entry: Decodable {
        let key: JWK?

        init(from decoder: any Decoder) throws {
            key = try? JWK(from: decoder)
        }
    }
}
