import TestSupport
import Testing

@testable import Shared

@Suite("Passwords", .inTurn)
struct PasswordTests {
    /// Enough for correctness, cheap enough for tests.
    static let cheap = ScryptParameters(logarithmicCost: 4, blockSize: 8, parallelism: 1)

    @Test("8 to 128 characters may be a password, whichever they are")
    func lengths() throws {
        for text in ["83749201", " . . : .", "密码是票房冠军吧", "🎬🎫🎬🍿🎬🥤🎬🎫", String(repeating: "x", count: 128)] {
            #expect(throws: Never.self) { try Password(new: text) }
        }
        for text in ["", "1234567", "密码是票房冠军"] {
            #expect(throws: Refusal.passwordTooShort) { try Password(new: text) }
        }
        #expect(throws: Refusal.passwordTooLong) { try Password(new: String(repeating: "x", count: 129)) }
    }

    @Test("Characters are counted as code points of the composed form")
    func counting() {
        #expect(throws: Refusal.passwordTooShort) { try Password(new: "e\u{301}e\u{301}e\u{301}e\u{301}") }
        #expect(throws: Never.self) { try Password(new: String(repeating: "e\u{301}", count: 128)) }
    }

    @Test("Two ways of typing one password are one password")
    func normalisation() {
        #expect(Password(attempt: "Zoe\u{308} Mu\u{308}ller").bytes == Password(attempt: "Zo\u{EB} M\u{FC}ller").bytes)
    }

    @Test("Printing a password, plainly or thoroughly, doesn't tell it")
    func printing() {
        let password = Password(attempt: "open sesame")
        var dumped = ""
        dump(password, to: &dumped)
        for text in ["\(password)", String(reflecting: password), String(describing: [password]), dumped] {
            #expect(!text.contains("sesame"))
            #expect(!text.contains("111"))
        }
    }

    // RFC 7914 §12; the fourth vector (N = 2^20) takes a gibibyte and is left out.
    @Test(
        "scrypt agrees with RFC 7914",
        arguments: [
            (
                "", "", ScryptParameters(logarithmicCost: 4, blockSize: 1, parallelism: 1),
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
            ),
            (
                "password", "NaCl", ScryptParameters(logarithmicCost: 10, blockSize: 8, parallelism: 16),
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
            ),
            (
                "pleaseletmein", "SodiumChloride", ScryptParameters(logarithmicCost: 14, blockSize: 8, parallelism: 1),
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
            ),
        ]
    )
    func rfcVectors(password: String, salt: String, parameters: ScryptParameters, expected: String) throws {
        let key = try PasswordHasher.scrypt(Password(attempt: password), salt: Array(salt.utf8), parameters: parameters, length: 64)
        #expect(key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
    }

    // Made by Python's hashlib.scrypt over the UTF-8 of the NFC form, salt 00 01 … 0F, 32 bytes.
    @Test(
        "Hashes made by another implementation are accepted",
        arguments: [
            ("correct horse battery", "$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw$1R9aSMtre0xzBbvXRh8rJCrEi4UuO81fOKNB0L6vEmg"),
            ("correct horse battery", "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI"),
            ("密码是票房冠军", "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$LNfCg+aIwmjDZ5uq1iR6njZZh3fQdNOqEk3GdQgPGrE"),
            ("Zoe\u{308} Mu\u{308}ller 2026", "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$DgNQJIOC5SFdP3+DKa3xjxWrazuhAMDmCYgCqThiL5o"),
        ]
    )
    func foreignHashes(password: String, text: String) async throws {
        let hasher = PasswordHasher(parameters: Self.cheap)
        let hash = try #require(PasswordHash(text))
        #expect(hash.text == text)
        #expect(try await hasher.verify(Password(attempt: password), against: hash))
        if hash.parameters == Self.cheap {
            #expect(try await !hasher.verify(Password(attempt: password + "!"), against: hash))
        }
    }

    @Test(
        "What isn't one of our hashes is not read",
        arguments: [
            "", "$", "$$$$", "plain", "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$1R9aSMtre0xzBbvXRh8rJCrEi4UuO81fOKNB0L6vEmg",
            "$scrypt$ln=4,r=8$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI",
            "$scrypt$ln=30,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI",
            "$scrypt$ln=20,r=32,p=1$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI",
            "$scrypt$ln=4,r=8,p=0$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI",
            "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$", "$scrypt$ln=4,r=8,p=1$$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI",
            "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$not base64!",
            "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw==$coHb6LlzckOeOHbDHR6JGt8ViaJ",
        ]
    )
    func badHashes(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test("New hashes have the recommended cost and a salt of their own")
    func newHashes() async throws {
        // One hash at full price: without optimisation it takes seconds.
        let text = try await PasswordHasher().hash(Password(attempt: "anything")).text
        #expect(text.hasPrefix("$scrypt$ln=14,r=8,p=5$"))

        let hasher = PasswordHasher(parameters: Self.cheap)
        let password = try Password(new: "correct horse battery")
        let first = try await hasher.hash(password)
        let second = try await hasher.hash(password)
        #expect(first.salt.count == 16 && first.hash.count == 32)
        #expect(first.salt != second.salt && first.hash != second.hash)
        #expect(PasswordHash(first.text) == first)
        #expect(try await hasher.verify(password, against: first))
        #expect(!"\(first)".contains(first.text.suffix(20)))
    }

    @Test("Checking the password of nobody computes one hash, as for anybody, and is never right")
    func unknown() async throws {
        let hasher = PasswordHasher(parameters: Self.cheap)
        let hash = try await hasher.hash(Password(attempt: "correct horse battery"))
        let before = hasher.performed
        #expect(try await !hasher.verify(Password(attempt: "wrong"), against: hash))
        #expect(hasher.performed == before + 1)
        #expect(try await !hasher.verify(Password(attempt: "wrong"), against: nil))
        #expect(hasher.performed == before + 2)
    }

    @Test("A flood is refused at the door, and the next one after it is served")
    func flood() async throws {
        let hasher = PasswordHasher(
            parameters: ScryptParameters(logarithmicCost: 10, blockSize: 8, parallelism: 1), threadCount: 1, maximumWaiting: 3,
            waitLimit: .seconds(600))
        let outcomes = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        return try await hasher.verify(Password(attempt: "anything"), against: nil)
                    } catch {
                        #expect(error as? Refusal == .tooManySignIns)
                        return nil
                    }
                }
            }
            return await group.reduce(into: [Bool?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == false } >= 4)
        #expect(outcomes.count { $0 == nil } > 0)
        #expect(try await !hasher.verify(Password(attempt: "anything"), against: nil))
    }
}
