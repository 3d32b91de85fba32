import Foundation
import JWTKit

/// What a provider says about who has signed in (OpenID Connect Core 1.0 §2).
struct IDToken: JWTPayload {
    let iss: String
    let sub: String
    /// Read by ourselves: jwt-kit's type for it ends the process when a token names nobody.
    let aud: [String]
    let exp: Double
    let iat: Double?
    let nbf: Double?
    let nonce: String?
    let azp: String?
    let email: String?
    let emailVerified: Bool?
    let preferredUsername: String?

    enum CodingKeys: String, CodingKey {
        case iss, sub, aud, exp, iat, nbf, nonce, azp, email
        case emailVerified = "email_verified"
        case preferredUsername = "preferred_username"
    }

    /// Why a token isn't believed; goes into the audit trail.
    enum Fault: String, Error, Hashable {
        case malformed = "token_malformed"
        case algorithm = "token_algorithm"
        /// A token of another kind, whatever it says.
        case type = "token_type"
        /// It names a key that the provider doesn't have.
        case key = "token_key"
        case signature = "token_signature"
        case issuer = "token_issuer"
        case audience = "token_audience"
        case expired = "token_expired"
        case early = "token_early"
        case nonce = "token_nonce"
        case subject = "token_subject"
    }

    /// How far the provider's clock may be from ours, in seconds.
    private static let skew: Double = 60

    /// The rules of §3.1.3.7 that need no key.
    func check(issuer: String, clientID: String, nonce expected: String, at now: Date) throws(Fault) {
        guard iss == issuer else { throw .issuer }
        guard aud.contains(clientID), aud.count == 1 || azp == clientID, azp == nil || azp == clientID else { throw .audience }
        guard exp > now.timeIntervalSince1970 - Self.skew else { throw .expired }
        for start in [iat, nbf].compactMap(\.self) where start > now.timeIntervalSince1970 + Self.skew { throw .early }
        guard nonce == expected else { throw .nonce }
        guard (1...255).contains(sub.unicodeScalars.count), !sub.contains("\0") else { throw .subject }
    }

    /// The rules need the sign-in that the token belongs to; ``check(issuer:clientID:nonce:at:)`` has it.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

extension IDToken {
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        iss = try values.decode(String.self, forKey: .iss)
        sub = try values.decode(String.self, forKey: .sub)
        // One name or several.
        aud = try (try? [values.decode(String.self, forKey: .aud)]) ?? values.decode([String].self, forKey: .aud)
        exp = try values.decode(Double.self, forKey: .exp)
        iat = try values.decodeIfPresent(Double.self, forKey: .iat)
        nbf = try values.decodeIfPresent(Double.self, forKey: .nbf)
        nonce = try values.decodeIfPresent(String.self, forKey: .nonce)
        azp = try values.decodeIfPresent(String.self, forKey: .azp)
        // What we can do without may look as it likes.
        email = try? values.decodeIfPresent(String.self, forKey: .email)
        emailVerified = try? values.decodeIfPresent(Bool.self, forKey: .emailVerified)
        preferredUsername = try? values.decodeIfPresent(String.self, forKey: .preferredUsername)
    }
}
