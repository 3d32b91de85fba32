import Foundation
import Shared
import TestSupport
import Testing

@Suite("RSA2 signatures, with openssl as the other party", .inTurn)
struct AlipaySignatureTests {
    static let texts = ["a=1", "subject=a+b&c=d %41 🎬 ｆｕｌｌ 电影", "", String(repeating: "长", count: 5_000)]

    @Test("openssl accepts what we sign", arguments: texts)
    func opensslVerifies(text: String) async throws {
        let signer = try AlipayFixture.shared.get().app
        let signature = try #require(Data(base64Encoded: try signer.sign(text)))
        let answer = try await Oracle.openssl(
            ["dgst", "-sha256", "-verify", "key", "-signature", "sign", "message"],
            files: ["key": Data(signer.publicKeyPEM.utf8), "sign": signature, "message": Data(text.utf8)]
        )
        #expect(answer.status == 0 && answer.text.contains("Verified OK"))
    }

    @Test("We accept what openssl signs, and nothing else", arguments: texts)
    func weVerify(text: String) async throws {
        let keys = try await OpenSSLKeys()
        let signed = try await Oracle.openssl(
            ["dgst", "-sha256", "-sign", "key", "-out", "sign", "message"],
            files: ["key": Data(keys.pkcs8.utf8), "sign": Data(), "message": Data(text.utf8)]
        )
        let signature = try #require(signed.files["sign"]).base64EncodedString()
        let verifier = try AlipayVerifier(publicKey: keys.publicPEM)
        #expect(verifier.accepts(signature, for: text))
        #expect(!verifier.accepts(signature, for: text + " "))
        #expect(!verifier.accepts("A" + signature.dropFirst(), for: text) || signature.hasPrefix("A"))
        #expect(!verifier.accepts(signature + "\n", for: text), "base64 on one line, nothing around it")
        #expect(!verifier.accepts("", for: text))
    }

    @Test("A signature by SHA-1 or with PSS padding is not accepted")
    func otherSchemes() async throws {
        let keys = try await OpenSSLKeys()
        let verifier = try AlipayVerifier(publicKey: keys.publicPEM)
        for options in [["-sha1"], ["-sha256", "-sigopt", "rsa_padding_mode:pss"], ["-sha512"]] {
            let signed = try await Oracle.openssl(
                ["dgst"] + options + ["-sign", "key", "-out", "sign", "message"],
                files: ["key": Data(keys.pkcs8.utf8), "sign": Data(), "message": Data("a=1".utf8)]
            )
            #expect(signed.status == 0)
            let signature = try #require(signed.files["sign"]).base64EncodedString()
            #expect(!verifier.accepts(signature, for: "a=1"))
        }
    }

    @Test("Keys are read from PEM of either kind and from bare base64")
    func keyForms() async throws {
        let keys = try await OpenSSLKeys()
        let verifier = try AlipayVerifier(publicKey: keys.publicPEM)
        for form in [keys.pkcs8, keys.pkcs1, OpenSSLKeys.bare(keys.pkcs8), OpenSSLKeys.bare(keys.pkcs1), "\n" + keys.pkcs8 + "\n\n"] {
            let signer = try AlipaySigner(privateKey: form)
            #expect(verifier.accepts(try signer.sign("a=1"), for: "a=1"))
            #expect(try AlipayVerifier(publicKey: OpenSSLKeys.bare(keys.publicPEM)).accepts(try signer.sign("a=1"), for: "a=1"))
        }
    }

    @Test(
        "A key of 1024 bits, the wrong half, and junk are refused",
        arguments: ["", "junk!", "YWJj", "-----BEGIN PUBLIC KEY-----\nYWJj\n-----END PUBLIC KEY-----"])
    func badKeys(text: String) async throws {
        #expect(throws: AlipayKeyError.self) { try AlipayVerifier(publicKey: text) }
        #expect(throws: AlipayKeyError.self) { try AlipaySigner(privateKey: text) }
        let weak = try await OpenSSLKeys(bits: 1024)
        #expect(throws: AlipayKeyError.notAnRSAKey) { try AlipayVerifier(publicKey: weak.publicPEM) }
        #expect(throws: AlipayKeyError.notAnRSAKey) { try AlipaySigner(privateKey: weak.pkcs8) }
        #expect(throws: AlipayKeyError.notAnRSAKey) { try AlipaySigner(privateKey: weak.publicPEM) }
    }

    @Test("A configuration says which setting cannot be used, and never a key")
    func configuration() throws {
        let pair = try AlipayFixture.shared.get().app
        func configuration(appID: String = "1", url: String = "https://example.com/gateway.do", key: String? = nil) throws
            -> AlipayConfiguration
        {
            try AlipayConfiguration(
                appID: appID, sellerID: "2088", gatewayURL: url, notifyURL: "https://example.com/n", appPrivateKey: pair.privateKeyPEM,
                alipayPublicKey: key ?? pair.publicKeyPEM
            )
        }
        #expect(throws: Never.self) { try configuration() }
        #expect(throws: AlipayConfigurationError.self) { try configuration(appID: "a b") }
        for url in ["", "ftp://example.com", "https://", "https://example.com/?a=b", "example.com"] {
            #expect(throws: AlipayConfigurationError.self) { try configuration(url: url) }
        }
        let error = #expect(throws: AlipayConfigurationError.self) { try configuration(key: pair.privateKeyPEM) }
        #expect(error?.setting == "ALIPAY_PUBLIC_KEY_FILE")
        #expect(error?.description.contains("BEGIN") == false)
    }
}

/// A key pair that openssl made.
struct OpenSSLKeys {
    let pkcs8: String
    let pkcs1: String
    let publicPEM: String

    init(bits: Int = 2048) async throws {
        pkcs8 =
            try await Oracle.openssl(
                ["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)", "-out", "key"], files: ["key": Data()]
            )
            .files["key"].map { String(decoding: $0, as: UTF8.self) } ?? ""
        pkcs1 =
            try await Oracle.openssl(
                ["rsa", "-traditional", "-in", "key", "-out", "out"], files: ["key": Data(pkcs8.utf8), "out": Data()]
            )
            .files["out"].map { String(decoding: $0, as: UTF8.self) } ?? ""
        publicPEM =
            try await Oracle.openssl(["pkey", "-pubout", "-in", "key", "-out", "out"], files: ["key": Data(pkcs8.utf8), "out": Data()])
            .files["out"].map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The lines between the PEM's first and last.
    static func bare(_ pem: String) -> String {
        pem.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
    }
}
