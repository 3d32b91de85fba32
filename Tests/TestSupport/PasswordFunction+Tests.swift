package import Shared

extension PasswordFunction {
    /// Enough for correctness, cheap enough for tests.
    package static let cheap = argon2id(Argon2Parameters(memory: 8, passes: 1, lanes: 1))
    /// The same of the kind that isn't made any more.
    package static let cheapFormer = scrypt(ScryptParameters(logarithmicCost: 4, blockSize: 8, parallelism: 1))
}
