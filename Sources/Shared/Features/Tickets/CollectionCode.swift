/// What a buyer collects its tickets with: eight characters without look-alikes.
///
/// 32 letters and digits without 0, 1, I and O: 40 bits from the system's generator, and the attempts to guess are limited by rate.
package struct CollectionCode: Hashable, Sendable {
    package let text: String

    /// A new one.
    package init() {
        var generator = SystemRandomNumberGenerator()
        text = String((0..<Self.length).compactMap { _ in Self.alphabet.randomElement(using: &generator) })
    }

    /// A code as a person types it: small letters, blanks and hyphens are let pass.
    ///
    /// `nil` for what can't be a code.
    package init?(typed: String) {
        let characters = typed.uppercased().filter { $0 != " " && $0 != "-" }
        guard characters.count == Self.length, characters.allSatisfy(Self.alphabet.contains) else { return nil }
        text = characters
    }

    private static let length = 8
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")
}

extension CollectionCode: CustomStringConvertible, CustomReflectable {
    /// Nothing of it: who has it collects the tickets.
    package var description: String { "‹collection code›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
