import Callers
import Foundation
import TestSupport
import Testing
import Text

@testable import Shared

@Suite("Challenges before more seats are held")
struct HoldChallengeTests {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)
    let challenges: HoldChallenges

    init() throws {
        challenges = HoldChallenges(seal: try TicketSeal(privateKey: TicketFixtures.privateKey), cost: 5, lifetime: .seconds(120))
    }

    private func solver(_ challenge: HoldChallenge) -> ChallengeSolver {
        ChallengeSolver(nonce: challenge.nonce, salt: challenge.salt, cost: challenge.cost, keyPrefix: HoldChallenge.keyPrefix)
    }

    /// Made with Python's hashlib.pbkdf2_hmac("sha256", bytes(range(16)) + (305419896).to_bytes(4, "big"), bytes(range(16, 32)), rounds, 32).
    @Test(
        "The key is derived as everybody else derives it",
        arguments: [
            (1, "2173422adba927c0652a8c576ddafd8b4d03e3035d0b13a11cf2c05799d735f5"),
            (1000, "688c0b40b8ba06dfea8405c1df29f8967aadef92c586b7021a8a99d06919be62"),
        ] as [(UInt32, String)])
    func vectors(cost: UInt32, key: String) throws {
        let found = try HoldChallenges.derivedKey(nonce: Array(0..<16), counter: 305_419_896, salt: Array(16..<32), cost: cost)
        #expect(found.hexadecimal == key)
        let solver = ChallengeSolver(
            nonce: Array(0..<16).hexadecimal, salt: Array(16..<32).hexadecimal, cost: Int(cost), keyPrefix: HoldChallenge.keyPrefix)
        #expect(solver.key(305_419_896) == key)
    }

    @Test("A challenge is solved by a counter whose key has the prefix, and only for its account, its showtime and its key")
    func solving() throws {
        let challenge = challenges.challenge(for: 7, showtimeID: 42, at: Self.now)
        #expect(challenge.nonce.count == 32 && challenge.salt.count == 32 && challenge.nonce != challenge.salt)
        #expect(challenge.cost == 5 && challenge.expiresAt == Self.now.addingTimeInterval(120))
        let right = ChallengeAnswer(id: challenge.id, counter: solver(challenge).counter)
        guard case .solved(let id, let expiresAt) = challenges.check(right, of: 7, showtimeID: 42) else {
            Issue.record("not solved")
            return
        }
        #expect(id.count == 32 && expiresAt == challenge.expiresAt)
        #expect(challenges.check(right, of: 8, showtimeID: 42) == .wrong)
        #expect(challenges.check(right, of: 7, showtimeID: 43) == .wrong)
        let others = HoldChallenges(seal: try TicketSeal(privateKey: Data(repeating: 9, count: 32).base64EncodedString()), cost: 5)
        #expect(others.check(right, of: 7, showtimeID: 42) == .wrong)
    }

    @Test("A counter whose key lacks the prefix solves nothing, counter 0 neither")
    func prefix() {
        let challenge = challenges.challenge(for: 7, showtimeID: 42, at: Self.now)
        let wrong = solver(challenge).wrongCounter
        #expect(challenges.check(ChallengeAnswer(id: challenge.id, counter: wrong), of: 7, showtimeID: 42) == .wrong)
        // One in 256 challenges is solved by 0.
        let zeros = (0..<100).map { _ in
            challenges.check(
                ChallengeAnswer(id: challenges.challenge(for: 7, showtimeID: 42, at: Self.now).id, counter: 0), of: 7, showtimeID: 42)
        }
        #expect(zeros.contains(.wrong))
    }

    @Test("Control: a verifier that derives the key and doesn't look at the prefix would take any counter")
    func prefixControl() throws {
        let challenge = challenges.challenge(for: 7, showtimeID: 42, at: Self.now)
        let solver = solver(challenge)
        #expect(!solver.key(solver.wrongCounter).isEmpty)
        #expect(solver.key(solver.counter).hasPrefix("00") && !solver.key(solver.wrongCounter).hasPrefix("00"))
    }

    @Test("No byte of an id can be changed, and what is no id is none")
    func tampering() throws {
        let challenge = challenges.challenge(for: 7, showtimeID: 42, at: Self.now)
        let counter = solver(challenge).counter
        let bytes = try #require(Base64URL.decode(challenge.id))
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let answer = ChallengeAnswer(id: Base64URL.encode(changed), counter: counter)
            #expect(challenges.check(answer, of: 7, showtimeID: 42) == .wrong, "byte \(index)")
        }
        let texts = ["", "x", "…", String(repeating: "A", count: 59), String(repeating: "A", count: 200), challenge.id + "AAAA", "%00"]
        for text in texts {
            #expect(challenges.check(ChallengeAnswer(id: text, counter: counter), of: 7, showtimeID: 42) == .wrong)
        }
    }

    @Test("A network is one address of version 4, or a /64 of version 6, as a number")
    func addressBlocks() {
        let cases: [(String, Int64)] = [
            ("127.0.0.1", 2_130_706_433), ("255.255.255.255", 4_294_967_295), ("::ffff:127.0.0.1", 2_130_706_433),
            ("2001:db8::1", 0x2001_0DB8_0000_0000), ("2001:db8::ffff:1:2:3", 0x2001_0DB8_0000_0000),
            ("2001:db8:0:1::1", 0x2001_0DB8_0000_0001), ("ffff:ffff:ffff:fffe::1", -2),
            ("::1", -1), ("0.0.0.0", -1), ("local", -1), ("", -1),
        ]
        for (address, number) in cases { #expect(AddressBlock.number(of: address) == number, "\(address)") }
    }

    @Test("A site of version 6 has the numbers of its networks; no other address has a site")
    func sites() {
        let cases: [(String, ClosedRange<Int64>?)] = [
            ("2001:db8::1", 0x2001_0DB8_0000_0000...0x2001_0DB8_0000_FFFF),
            ("2001:db8:0:ffff::1", 0x2001_0DB8_0000_0000...0x2001_0DB8_0000_FFFF),
            ("2001:db8:1::1", 0x2001_0DB8_0001_0000...0x2001_0DB8_0001_FFFF),
            ("fd00:1:2:3::4", -0x02FF_FFFE_FFFE_0000...(-0x02FF_FFFE_FFFD_0001)), ("127.0.0.1", nil), ("255.255.255.255", nil),
            ("::1", nil), ("local", nil),
        ]
        for (address, numbers) in cases {
            let blocks = NumberedBlock.all(of: AddressBlock.number(of: address))
            #expect(blocks.map(\.clients) == AddressBlock.all(of: address).map(\.clients) || address == "::1", "\(address)")
            #expect(blocks.dropFirst().first.map { $0.first...$0.last } == numbers, "\(address)")
            #expect(blocks[0].first == blocks[0].last && blocks[0].first == AddressBlock.number(of: address), "\(address)")
        }
    }
}
