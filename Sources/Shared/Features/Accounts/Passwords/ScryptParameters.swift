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
