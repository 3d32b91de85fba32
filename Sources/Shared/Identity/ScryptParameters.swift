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

    /// N = 2^14, r = 8, p = 5: 16 MiB, one of the equal choices of OWASP's Password Storage Cheat Sheet.
    package static let recommended = ScryptParameters(logarithmicCost: 14, blockSize: 8, parallelism: 5)

    /// Reads `ln=14,r=8,p=5`; `nil` for anything else and for a cost over a gibibyte.
    init?(_ text: String) {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.split(separator: "=", omittingEmptySubsequences: false) }
        guard
            fields.count == 3, fields.allSatisfy({ $0.count == 2 }),
            fields.map({ $0[0] }) == ["ln", "r", "p"],
            let logarithmicCost = Int(fields[0][1]), (1...20).contains(logarithmicCost),
            let blockSize = Int(fields[1][1]), (1...32).contains(blockSize),
            let parallelism = Int(fields[2][1]), (1...16).contains(parallelism),
            128 * blockSize << logarithmicCost <= 1 << 30
        else { return nil }
        self.init(logarithmicCost: logarithmicCost, blockSize: blockSize, parallelism: parallelism)
    }

    var text: String {
        "ln=\(logarithmicCost),r=\(blockSize),p=\(parallelism)"
    }
}
