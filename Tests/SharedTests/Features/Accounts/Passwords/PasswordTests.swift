import Callers
import Database
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Shared

@Suite("Passwords", .inTurn)
struct PasswordTests {
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
        let key = try PasswordFunction.scrypt(parameters).hash(Password(attempt: password), salt: Array(salt.utf8), length: 64)
        #expect(key.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
    }

    // Made by OpenSSL's Argon2id and by Python's hashlib.scrypt over the UTF-8 of the NFC form, salt 00 01 … 0F, 32 bytes.
    @Test(
        "Hashes made by another implementation are accepted",
        arguments: [
            (
                "correct horse battery",
                "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$quyusfeeuAGbpiw09i+j4VKJ+I/5h3mugd4HghmS/x8"
            ),
            ("correct horse battery", "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw"),
            ("密码是票房冠军", "$argon2id$v=19$m=64,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$SSnGBPEBQ6zR/nmabt1ufYYGFotA4+ZSL9BLSCFabYg"),
            (
                "Zoe\u{308} Mu\u{308}ller 2026",
                "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$q3Rcn0uJzSBuSZNjlJGgkA4R5oOkcwP8zhLa7IqAZS4"
            ),
            ("correct horse battery", "$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw$1R9aSMtre0xzBbvXRh8rJCrEi4UuO81fOKNB0L6vEmg"),
            ("correct horse battery", "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI"),
            ("密码是票房冠军", "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$LNfCg+aIwmjDZ5uq1iR6njZZh3fQdNOqEk3GdQgPGrE"),
            ("Zoe\u{308} Mu\u{308}ller 2026", "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$DgNQJIOC5SFdP3+DKa3xjxWrazuhAMDmCYgCqThiL5o"),
        ]
    )
    func foreignHashes(password: String, text: String) async throws {
        let hasher = PasswordHasher(function: .cheap)
        let hash = try #require(PasswordHash(text))
        #expect(hash.text == text)
        #expect(try await hasher.verify(Password(attempt: password), against: hash))
        if [.cheap, .cheapFormer].contains(hash.function) {
            #expect(try await !hasher.verify(Password(attempt: password + "!"), against: hash))
        }
    }

    @Test(
        "What isn't one of our hashes is not read",
        arguments: [
            "", "$", "$$", "$$$$", "$$$$$", "plain", "!",
            "$argon2i$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=16$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$t=1,m=8,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=+8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=08,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=8,t=1,p=2$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=8,t=0,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=8,t=17,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=262145,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=99999999999999999999,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=8,t=1,p=1,keyid=a$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBg$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gx",
            "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw$",
            "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw\n",
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

    @Test("Every stored hash that is accepted has bounds and one spelling", arguments: 0..<4)
    func mangled(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        let whole = [
            "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$Df5QnPsxnm9jlneZqtPE2c4G1+mr75903MRdMO2p1gw",
            "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI",
        ]
        let pieces = Array("$=,019mtplnrv+-/ \n!\u{0}\u{212A}\u{301}é9999999999").map(String.init)
        var taken = 0
        for number in 0..<20_000 {
            var text = whole[number % 2].map(String.init)
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let at = Int.random(in: text.indices, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: text.remove(at: at)
                case 1: text.insert(pieces.randomElement(using: &generator) ?? "", at: at)
                default: text[at] = pieces.randomElement(using: &generator) ?? ""
                }
            }
            guard let hash = PasswordHash(text.joined()) else { continue }
            taken += 1
            #expect(Array(hash.text.utf8) == Array(text.joined().utf8))
            switch hash.function {
            case .argon2id(let parameters): #expect(parameters.memory <= 262_144 && parameters.passes <= 16)
            case .scrypt(let parameters): #expect(128 * parameters.blockSize << parameters.logarithmicCost <= 1 << 30)
            }
        }
        #expect(taken > 1_000)
    }

    @Test("New hashes have the recommended cost and a salt of their own")
    func newHashes() async throws {
        // One hash at full price.
        let text = try await PasswordHasher().hash(Password(attempt: "anything")).text
        #expect(text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))

        let hasher = PasswordHasher(function: .cheap)
        let password = try Password(new: "correct horse battery")
        let first = try await hasher.hash(password)
        let second = try await hasher.hash(password)
        #expect(first.salt.count == 16 && first.hash.count == 32)
        #expect(first.salt != second.salt && first.hash != second.hash)
        #expect(PasswordHash(first.text) == first)
        #expect(try await hasher.verify(password, against: first))
        #expect(!"\(first)".contains(first.text.suffix(20)))
        #expect(!hasher.isOutdated(first))
        #expect(try await hasher.isOutdated(PasswordHasher(function: .cheapFormer).hash(password)))
    }

    @Test("Checking the password of nobody computes one hash, as for anybody, and is never right")
    func unknown() async throws {
        let hasher = PasswordHasher(function: .cheap)
        let hash = try await hasher.hash(Password(attempt: "correct horse battery"))
        let before = hasher.performed
        #expect(try await !hasher.verify(Password(attempt: "wrong"), against: hash))
        #expect(hasher.performed == before + 1)
        #expect(try await !hasher.verify(Password(attempt: "wrong"), against: nil))
        #expect(hasher.performed == before + 2)
    }

    /// Until when wrong passwords waited for their answers.
    private final class Waits: Sendable {
        private let waited = Mutex<[ContinuousClock.Instant]>([])

        func add(_ until: ContinuousClock.Instant) { waited.withLock { $0.append(until) } }
        var count: Int { waited.withLock { $0.count } }
        var last: ContinuousClock.Instant? { waited.withLock { $0.last } }
    }

    @Test("While old hashes are stored, whatever is wrong is answered after the time of one, and what is right at once")
    func wrongOnesWait() async throws {
        let waits = Waits()
        let hasher = PasswordHasher(function: .cheap, sleep: { waits.add($0) })
        let password = Password(attempt: "correct horse battery")
        let new = try await hasher.hash(password)
        let old = try await PasswordHasher(function: .cheapFormer).hash(password)
        for hash in [new, nil] { #expect(try await !hasher.verify(Password(attempt: "wrong"), against: hash)) }
        #expect(waits.count == 0)

        hasher.expectFormerHashes()
        for (number, hash) in [new, old, nil].enumerated() {
            let before = ContinuousClock.now
            #expect(try await !hasher.verify(Password(attempt: "wrong"), against: hash))
            #expect(waits.count == number + 1)
            // From when its turn came on: a whole second while nobody has measured it.
            let until = try #require(waits.last)
            #expect(until >= before + .seconds(1) && until <= .now + .seconds(1))
        }
        for hash in [new, old] { #expect(try await hasher.verify(password, against: hash)) }
        #expect(waits.count == 3)

        hasher.forgoFormerHashes()
        for hash in [new, nil] { #expect(try await !hasher.verify(Password(attempt: "wrong"), against: hash)) }
        #expect(waits.count == 3)
        // One that comes all the same shows what it takes.
        for hash in [old, new] { #expect(try await !hasher.verify(Password(attempt: "wrong"), against: hash)) }
        #expect(waits.count == 5)
    }

    @Test("The time of an old hash is measured once, and again with each that is checked")
    func measuring() async throws {
        let waits = Waits()
        let hasher = PasswordHasher(function: .cheap, sleep: { waits.add($0) })
        let dear = PasswordFunction.scrypt(ScryptParameters(logarithmicCost: 12, blockSize: 8, parallelism: 1))
        for _ in 0..<2 {
            try await hasher.measureFormerHashes(by: dear)
            #expect(hasher.performed == 5)
        }
        let measured = try #require(hasher.formerHashDuration)
        // Cheap ones, until they are all that is remembered.
        let old = try await PasswordHasher(function: .cheapFormer).hash(Password(attempt: "correct horse battery"))
        for _ in 0..<31 { #expect(try await !hasher.verify(Password(attempt: "wrong"), against: old)) }
        #expect(waits.count == 31)
        #expect(try #require(hasher.formerHashDuration) < measured)
    }

    @Test("Whether old hashes are stored is looked up: they count until the last one is gone")
    func looking() async throws {
        try await withTestDatabase { pool in
            let waits = Waits()
            let hasher = PasswordHasher(function: .cheap, sleep: { waits.add($0) })
            let accounts = Accounts(pool: pool, hasher: hasher)
            let watch = FormerHashWatch(pool: pool, hasher: hasher, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            func wrong() async throws { #expect(try await !hasher.verify(Password(attempt: "wrong"), against: nil)) }
            hasher.expectFormerHashes()
            try await watch.measure(by: .cheapFormer)
            try await wrong()
            #expect(waits.count == 0)

            let new = try NewAccount(username: "anna", password: "correct horse battery")
            let account = try await accounts.signUp.signUp(new, address: "192.0.2.1").account
            let old = try await PasswordHasher(function: .cheapFormer).hash(new.password)
            try await pool.execute("UPDATE accounts SET password_hash = \(old.text) WHERE id = \(account.id)")
            try await watch.measure(by: .cheapFormer)
            try await wrong()
            #expect(waits.count == 1)

            _ = try await accounts.signIn.signIn(login: "anna", password: "correct horse battery", realm: .client, address: "192.0.2.1")
            try await watch.measure(by: .cheapFormer)
            try await wrong()
            #expect(waits.count == 1)
        }
    }

    @Test("A request that waits for the answer to a wrong password holds neither a thread nor a place")
    func waitingHoldsNothing() async throws {
        let (waiting, isWaiting) = AsyncStream.makeStream(of: Void.self)
        let (release, isReleased) = AsyncStream.makeStream(of: Void.self)
        let hasher = PasswordHasher(
            function: .cheap, threadCount: 1, maximumWaiting: 0,
            sleep: { _ in
                isWaiting.yield()
                for await _ in release { break }
            }
        )
        let password = Password(attempt: "correct horse battery")
        let hash = try await hasher.hash(password)
        hasher.expectFormerHashes()
        async let wrong = hasher.verify(Password(attempt: "wrong"), against: hash)
        for await _ in waiting { break }
        // There is one place, and nobody may stand in line for it.
        #expect(try await hasher.verify(password, against: hash))
        isReleased.yield()
        #expect(try await !wrong)
    }

    @Test("A flood is refused at the door, and the next one after it is served")
    func flood() async throws {
        let hasher = PasswordHasher(
            function: .scrypt(ScryptParameters(logarithmicCost: 10, blockSize: 8, parallelism: 1)), threadCount: 1, maximumWaiting: 3,
            waitLimit: .seconds(600))
        let outcomes = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do {
                        return try await hasher.verify(Password(attempt: "anything"), against: nil)
                    } catch {
                        #expect(error as? Refusal == .busy)
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
