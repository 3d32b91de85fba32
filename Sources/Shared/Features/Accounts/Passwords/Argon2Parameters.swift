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
