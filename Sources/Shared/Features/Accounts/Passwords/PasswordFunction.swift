import Argon2
import Callers
import CryptoExtras

/// The function that hashes a password, and its cost.
package enum PasswordFunction: Hashable, Sendable {
    case argon2id(Argon2Parameters)
    /// What older accounts have until they sign in again.
    case scrypt(ScryptParameters)

    /// What new hashes are made by.
    package static let recommended = argon2id(.recommended)
    /// What was recommended before.
    package static let former = scrypt(.recommended)

    var isFormer: Bool {
        if case .scrypt = self { true } else { false }
    }

    /// The beginning of a hash in the PHC string format, without salt and hash.
    var text: String {
        switch self {
        case .argon2id(let parameters): "$argon2id$v=19$\(parameters.text)"
        case .scrypt(let parameters): "$scrypt$\(parameters.text)"
        }
    }

    /// Reads what ``text`` wrote, split at each `$`; `nil` for anything else.
    init?(fields: [String]) {
        switch fields.count {
        case 4 where fields[0].isEmpty && fields[1] == "argon2id" && fields[2] == "v=19":
            guard let parameters = Argon2Parameters(fields[3]) else { return nil }
            self = .argon2id(parameters)
        case 3 where fields[0].isEmpty && fields[1] == "scrypt":
            guard let parameters = ScryptParameters(fields[2]) else { return nil }
            self = .scrypt(parameters)
        default: return nil
        }
    }

    /// Hashes a password, on the calling thread.
    ///
    /// - Parameter length: of the hash, in bytes.
    /// - Throws: ``Refusal/busy`` when there is no memory for it.
    func hash(_ password: Password, salt: [UInt8], length: Int) throws -> [UInt8] {
        switch self {
        case .argon2id(let parameters):
            do throws(Argon2id.Failure) {
                return try Argon2id.hash(
                    password.bytes, salt: salt, memory: parameters.memory, passes: parameters.passes, lanes: parameters.lanes,
                    length: length
                )
            } catch .outOfMemory {
                throw Refusal.busy
            }
        case .scrypt(let parameters):
            let key = try KDF.Scrypt.deriveKey(
                from: password.bytes, salt: salt, outputByteCount: length, rounds: 1 << parameters.logarithmicCost,
                blockSize: parameters.blockSize, parallelism: parameters.parallelism
            )
            return unsafe key.withUnsafeBytes { unsafe Array($0) }
        }
    }

    /// Reads numbers as in `m=19456,t=2,p=1`, which must have these names in this order; `nil` for anything else.
    static func numbers(_ text: String, named names: [String]) -> [Int]? {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.split(separator: "=", omittingEmptySubsequences: false) }
        guard fields.allSatisfy({ $0.count == 2 }), fields.map({ String($0[0]) }) == names else { return nil }
        let numbers = fields.compactMap { Int($0[1]) }
        return numbers.count == names.count ? numbers : nil
    }
}

/// What an Argon2id hash costs (RFC 9106 §3.1).
package struct Argon2Parameters: Hashable, Sendable {
    /// The memory that it takes, in KiB.
    package let memory: Int
    /// How often it goes over this memory.
    package let passes: Int
    /// Into how many lanes the memory is divided.
    package let lanes: Int

    package init(memory: Int, passes: Int, lanes: Int) {
        self.memory = memory
        self.passes = passes
        self.lanes = lanes
    }

    /// m = 19 MiB, t = 2, p = 1: one of the equal choices of OWASP's Password Storage Cheat Sheet.
    package static let recommended = Argon2Parameters(memory: 19_456, passes: 2, lanes: 1)

    /// Reads `m=19456,t=2,p=1`; `nil` for anything else and for a cost that we would never compute with.
    init?(_ text: String) {
        guard
            let numbers = PasswordFunction.numbers(text, named: ["m", "t", "p"]),
            (1...16).contains(numbers[2]), (8 * numbers[2]...262_144).contains(numbers[0]), (1...16).contains(numbers[1])
        else { return nil }
        self.init(memory: numbers[0], passes: numbers[1], lanes: numbers[2])
    }

    var text: String {
        "m=\(memory),t=\(passes),p=\(lanes)"
    }
}

/// What a scrypt hash costs (RFC 7914 §2).
package struct ScryptParameters: Hashable, Sendable {
    /// The binary logarithm of N, the cost in time and memory.
    package let logarithmicCost: Int
    /// r, in units of 128 bytes.
    package let blockSize: Int
    /// p.
    package let parallelism: Int

    package init(logarithmicCost: Int, blockSize: Int, parallelism: Int) {
        self.logarithmicCost = logarithmicCost
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// N = 2^14, r = 8, p = 5: 16 MiB, what all hashes were made with before Argon2id.
    package static let recommended = ScryptParameters(logarithmicCost: 14, blockSize: 8, parallelism: 5)

    /// Reads `ln=14,r=8,p=5`; `nil` for anything else and for a cost over a gibibyte.
    init?(_ text: String) {
        guard
            let numbers = PasswordFunction.numbers(text, named: ["ln", "r", "p"]),
            (1...20).contains(numbers[0]), (1...32).contains(numbers[1]), (1...16).contains(numbers[2]),
            128 * numbers[1] << numbers[0] <= 1 << 30
        else { return nil }
        self.init(logarithmicCost: numbers[0], blockSize: numbers[1], parallelism: numbers[2])
    }

    var text: String {
        "ln=\(logarithmicCost),r=\(blockSize),p=\(parallelism)"
    }
}
