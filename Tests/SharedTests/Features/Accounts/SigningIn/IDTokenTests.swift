import Crypto
import Foundation
import Testing
import Text

@testable import Shared

@Suite("Which ID tokens are believed")
struct IDTokenTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func fault(_ changes: String = "", without: String = "") throws -> IDToken.Fault? {
        var claims: [String: Any] = [
            "iss": "https://id.example", "sub": "anna", "aud": "piao", "exp": 1_800_000_300, "iat": 1_799_999_990, "nonce": "n",
        ]
        let changed = try JSONSerialization.jsonObject(with: Data("{\(changes)}".utf8)) as? [String: Any] ?? [:]
        claims.merge(changed) { $1 }
        claims[without] = nil
        let token = try JSONDecoder().decode(IDToken.self, from: JSONSerialization.data(withJSONObject: claims))
        do throws(IDToken.Fault) {
            try token.check(issuer: "https://id.example", clientID: "piao", nonce: "n", at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("One for us, of now and of this sign-in")
    func good() throws {
        for changes in [
            "", #""aud": ["piao"]"#, #""aud": ["piao", "other"], "azp": "piao""#, #""exp": 1799999950"#, #""email_verified": "true""#,
        ] {
            let fault = try Self.fault(changes)
            #expect(fault == nil, "\(changes)")
        }
    }

    @Test(
        "Not another house's, for another, too old, too new, of another sign-in, or of nobody",
        arguments: [
            (#""iss": "https://id.example/""#, IDToken.Fault.issuer), (#""aud": "other""#, .audience), (#""aud": []"#, .audience),
            (#""aud": ["piao", "other"]"#, .audience), (#""azp": "other""#, .audience), (#""exp": 1799999940"#, .expired),
            (#""iat": 1800000061"#, .early), (#""nonce": "m""#, .nonce), (#""sub": """#, .subject),
        ]
    )
    func bad(changes: String, expected: IDToken.Fault) throws {
        let fault = try Self.fault(changes)
        #expect(fault == expected)
    }

    @Test("A provider may write base64 with padding and the characters that base64url hasn't")
    func otherBase64() async throws {
        let key = Curve25519.Signing.PrivateKey()
        let x = Base64URL.encode(key.publicKey.rawRepresentation)
        let set = #"{"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "ab>>>???", "x": "\#(x)"}]}"#
        let header = Data(#"{"alg": "EdDSA", "kid": "ab>>>???"}"#.utf8).base64EncodedString()
        #expect(header.contains("+") && header.contains("/") && header.hasSuffix("="))
        let claims = Data(#"{"iss": "https://id.example", "sub": "anna", "aud": "piao", "exp": 1800000300}"#.utf8)
        let signed = header + "." + claims.base64EncodedString()
        let signature = try key.signature(for: Data(signed.utf8)).base64EncodedString()
        let keys = try await ProviderKeys(json: Array(set.utf8))
        #expect(try await keys.verify(signed + "." + signature).sub == "anna")
    }

    @Test("Not without a nonce")
    func withoutNonce() throws {
        let fault = try Self.fault(without: "nonce")
        #expect(fault == .nonce)
    }

    @Test("A new account's name is the wanted one or has something random behind it, and is always a username")
    func usernames() {
        #expect(ProposedUsernames("Anna").all.first?.description == "anna")
        #expect(ProposedUsernames("not a name!").all.allSatisfy { $0.description.hasPrefix("guest_") })
        #expect(ProposedUsernames(nil).all.count == 3)
        #expect(Set(ProposedUsernames(String(repeating: "a", count: 32)).all).count == 4)
    }

    @Test(
        "Providers are asked over https, or on this machine",
        arguments: [
            ("https://id.example", true), ("https://id.example/tenant/1", true), ("http://127.0.0.1:9400", true),
            ("http://id.example", false),
            ("https://id.example?a=b", false), ("https://", false), ("https://user@id.example", false), ("ftp://127.0.0.1", false),
            ("http://127.0.0.1.example", false),
        ]
    )
    func issuers(issuer: String, isGood: Bool) {
        let provider = try? IdentityProvider(
            name: "a", issuer: issuer, clientID: "c", clientSecret: "s", redirectURI: "https://app.example/cb")
        #expect((provider != nil) == isGood)
    }

    @Test("A provider elsewhere can't send us to this machine, nor to an address without encryption")
    func trusted() throws {
        let far = try IdentityProvider(
            name: "a", issuer: "https://id.example", clientID: "c", clientSecret: "s", redirectURI: "https://app.example/cb")
        #expect(far.trusts("https://keys.id.example/jwks"))
        #expect(!far.trusts("http://127.0.0.1:5432/"))
        #expect(!far.trusts("http://id.example/token"))
        #expect(!"\(far) \(String(reflecting: far))".contains("\"s\""))
    }
}
