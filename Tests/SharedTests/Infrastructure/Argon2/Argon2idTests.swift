import TestSupport
import Testing

@testable import Argon2

@Suite("Argon2id")
struct Argon2idTests {
    // The first three are of the reference implementation's own tests.
    @Test(
        "It agrees with the reference implementation",
        arguments: [
            (65_536, 2, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
            (256, 2, 1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
            (256, 2, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
            (65_536, 1, 1, "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"),
        ]
    )
    func vectors(memory: Int, passes: Int, lanes: Int, expected: String) throws {
        let hash = try Argon2id.hash(
            Array("password".utf8), salt: Array("somesalt".utf8), memory: memory, passes: passes, lanes: lanes, length: 32)
        #expect(hash.hex == expected)
    }

    private struct Order: Encodable {
        let password: String
        let salt: String
        let memory: Int
        let passes: Int
        let lanes: Int
        let length: Int
    }

    private struct Answer: Decodable {
        let hashes: [String]
    }

    @Test("It agrees with OpenSSL's, whatever is hashed and whatever it costs")
    func openSSL() async throws {
        var generator = SplitMix(state: 19)
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) } }
        var orders: [Order] = []
        var ours: [String] = []
        for _ in 0..<100 {
            let lanes = Int.random(in: 1...5, using: &generator)
            // OpenSSL takes no empty password.
            let (password, salt) = (bytes(.random(in: 1...200, using: &generator)), bytes(.random(in: 8...64, using: &generator)))
            let memory = Int.random(in: 8 * lanes...3_000, using: &generator)
            let (passes, length) = (Int.random(in: 1...4, using: &generator), Int.random(in: 4...96, using: &generator))
            orders.append(
                Order(password: password.hex, salt: salt.hex, memory: memory, passes: passes, lanes: lanes, length: length))
            ours.append(
                try Argon2id.hash(password, salt: salt, memory: memory, passes: passes, lanes: lanes, length: length).hex)
        }
        let answer = try await Oracle.python("argon2_oracle.py", ["hashes": orders], as: Answer.self, in: .identity)
        #expect(answer.hashes == ours)
    }

    @Test("A hash that can't be computed is refused, and never ends the process")
    func bounds() {
        let extremes = [
            Int.min, Int.min + 1, -1, 0, 1, 3, 4, 7, 8, 15, 16, 64, 65, 1_024, 1_025, 1_048_577, Int(UInt32.max), Int(UInt32.max) + 1,
            Int.max - 1, Int.max,
        ]
        var generator = SplitMix(state: 7)
        var refused = 0
        for _ in 0..<3_000 {
            func pick() -> Int { extremes.randomElement(using: &generator) ?? 0 }
            let (memory, passes, lanes, length) = (min(pick(), .random(in: 0...1) == 0 ? 1_024 : .max), pick(), pick(), pick())
            let salt = [UInt8](repeating: 1, count: [0, 7, 8, 16, 1_024, 1_025].randomElement(using: &generator) ?? 0)
            // What is taken costs its time: only little of it.
            guard memory < 1 || memory > 1_048_576 || passes < 1 || passes > 16 || memory <= 1_024 else { continue }
            do throws(Argon2id.Failure) {
                let hash = try Argon2id.hash([], salt: salt, memory: memory, passes: passes, lanes: lanes, length: length)
                #expect(hash.count == length)
            } catch {
                #expect(error == .outOfBounds)
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }

    @Test("Many at once on many threads come out as one by one")
    func parallel() async throws {
        let salts = (0..<40).map { number in [UInt8](repeating: UInt8(number), count: 16) }
        let oneByOne = try salts.map { try Self.hash($0) }
        let together = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for (number, salt) in salts.enumerated() { group.addTask { (number, try Self.hash(salt)) } }
            return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
        }
        #expect(salts.indices.map { together[$0] } == oneByOne)
        #expect(Set(oneByOne).count == salts.count)
    }

    @Test("Hashes come out the same whether their memory is kept, was another one's, or goes back between them")
    func keptMemory() throws {
        let salt = [UInt8](repeating: 5, count: 16)
        let first = try Self.hash(salt)
        for memory in [16, 3_001, 64, 3_001] {
            _ = try Argon2id.hash([1, 2, 3], salt: salt, memory: memory, passes: 2, lanes: 1, length: 32)
            #expect(try Self.hash(salt) == first)
            Argon2id.releaseMemory()
            #expect(try Self.hash(salt) == first)
        }
        Argon2id.releaseMemory()
    }

    @Test("Kept memory has one size, is given out once, and is released as a whole")
    func keptPieces() {
        var kept = KeptMemory()
        #expect(kept.take(length: 4_096) == nil)
        #expect(kept.keep(1, length: 4_096) == KeptMemory() && kept.keep(2, length: 4_096) == KeptMemory())
        #expect(kept.take(length: 8_192) == nil)
        #expect(Set([kept.take(length: 4_096), kept.take(length: 4_096)]) == [1, 2])
        #expect(kept.take(length: 4_096) == nil)
        #expect(kept.keep(3, length: 4_096).addresses.isEmpty)
        #expect(kept.keep(4, length: 8_192) == KeptMemory(length: 4_096, addresses: [3]))
        #expect(kept.takeAll() == KeptMemory(length: 8_192, addresses: [4]))
        #expect(kept.takeAll().addresses.isEmpty)
    }

    private static func hash(_ salt: [UInt8]) throws -> [UInt8] {
        // Not a whole number of large pages, nor of any.
        try Argon2id.hash(Array("password".utf8), salt: salt, memory: 3_001, passes: 1, lanes: 1, length: 32)
    }
}

extension [UInt8] {
    fileprivate var hex: String {
        map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
