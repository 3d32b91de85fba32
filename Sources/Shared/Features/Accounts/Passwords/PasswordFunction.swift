import Argon2
import CryptoExtras

/// By what a password is hashed, and at what cost.
package enum PasswordFunction: Hashable, Sendable {
    case argon2id(Argon2Parameters)
    /// What accounts of before have until they sign in again.
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
    /// - Throws: ``Refusal/tooManySignIns`` when there is no memory for it.
    func hash(_ password: Password, salt: [UInt8], length: Int) throws -> [UInt8] {
        switch self {
        case .argon2id(let parameters):
            do throws(Argon2id.Failure) {
                return try Argon2id.hash(
                    password.bytes, salt: salt, memory: parameters.memory, passes: parameters.passes, lanes: parameters.lanes,
                    length: length
                )
            } catch .outOfMemory {
                throw Refusal.tooManySignIns
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
