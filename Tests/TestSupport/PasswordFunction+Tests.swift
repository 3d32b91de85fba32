package import Shared

extension PasswordFunction {
    /// The lowest cost, which is enough to test correctness.
    package static let cheap = argon2id(Argon2Parameters(memory: 8, passes: 1, lanes: 1))
    /// The lowest cost of the kind that is no longer used for new hashes.
    package static let cheapFormer = scrypt(ScryptParameters(logarithmicCost: 4, blockSize: 8, parallelism: 1))
}
