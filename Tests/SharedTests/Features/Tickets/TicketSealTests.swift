import Crypto
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("The codes of tickets", .inTurn)
struct TicketSealTests {
    let seal: TicketSeal
    let pass = TicketPass(TicketFixtures.ticket(7))

    init() throws {
        seal = try TicketSeal(privateKey: TicketFixtures.privateKey)
    }

    @Test("A signed code is read back")
    func roundTrip() throws {
        let code = try seal.code(pass)
        #expect(seal.pass(from: code) == pass)
        #expect(code.utf8.count < 300, "It must fit a QR code that a phone's screen shows well.")
    }

    @Test("A code of which one character differs is none")
    func mutations() throws {
        let code = Array(try seal.code(pass))
        for index in code.indices {
            var changed = code
            changed[index] = code[index] == "A" ? "B" : "A"
            // The last character of a base64 text has bits that mean nothing.
            if index == code.count - 1 || code.indices.contains(index + 1) && code[index + 1] == "." { continue }
            #expect(seal.pass(from: String(changed)) == nil, "at \(index)")
        }
        for code in ["", ".", "PIAO1...", "PIAO2" + String(code.dropFirst(5)), String(code) + ".", String(repeating: "A", count: 2000)] {
            #expect(seal.pass(from: code) == nil)
        }
    }

    @Test("Another key's code is none, unless the key is known as a former one")
    func otherKey() throws {
        let former = Curve25519.Signing.PrivateKey()
        let old = try TicketSeal(privateKey: former.rawRepresentation.base64EncodedString())
        let code = try old.code(pass)
        #expect(seal.pass(from: code) == nil)
        let both = try TicketSeal(
            privateKey: TicketFixtures.privateKey, formerPublicKeys: [former.publicKey.rawRepresentation.base64EncodedString()]
        )
        #expect(both.pass(from: code) == pass)
        #expect(both.publicKeys.map(\.id) == [seal.publicKeys[0].id, old.publicKeys[0].id])
    }

    @Test("openssl makes a key that is taken, and finds the signature good by the published key alone")
    func openssl() async throws {
        let made = try await Oracle.openssl(["genpkey", "-algorithm", "ed25519", "-out", "key.pem"], files: ["key.pem": Data()])
        let pem = String(decoding: try #require(made.files["key.pem"]), as: UTF8.self)
        let seal = try TicketSeal(privateKey: pem)
        let code = try seal.code(pass)
        let parts = code.split(separator: ".").map(String.init)
        let signature = try #require(Base64URL.decode(parts[3]))
        let published = try #require(Base64URL.decode(seal.publicKeys[0].x))
        // RFC 8410: these bytes stand before every Ed25519 public key.
        let header = Data([0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00])
        let files = [
            "public.der": header + published, "signature": Data(signature), "signed": Data(parts.prefix(3).joined(separator: ".").utf8),
        ]
        let arguments = [
            "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "public.der", "-rawin", "-in", "signed", "-sigfile", "signature",
        ]
        #expect(try await Oracle.openssl(arguments, files: files).status == 0)
        var forged = files
        forged["signed"] = Data((parts.prefix(3).joined(separator: ".") + "x").utf8)
        #expect(try await Oracle.openssl(arguments, files: forged).status != 0)
    }

    @Test(
        "What is no key is refused",
        arguments: ["", "c2hvcnQ=", "nonsense!", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
    func noKey(text: String) {
        #expect(throws: TicketKeyInvalid.privateKey) { try TicketSeal(privateKey: text) }
        #expect(throws: TicketKeyInvalid.formerPublicKey) {
            try TicketSeal(privateKey: TicketFixtures.privateKey, formerPublicKeys: [text])
        }
    }
}
