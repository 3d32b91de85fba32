import Text

/// The code with which a buyer collects its tickets: eight characters without look-alikes.
///
/// The alphabet has 32 letters and digits, without 0, 1, I and O. A code has 40 bits from the system's generator, and a rate limit makes
/// guessing hopeless.
package struct CollectionCode: Hashable, Sendable {
    package let text: String

    /// Makes a new code.
    package init() {
        text = Self.alphabet.randomWord(Self.length)
    }

    /// Reads a code as a person types it, with lower case, blanks and hyphens.
    ///
    /// `nil` when the text can't be a code.
    package init?(typed: String) {
        let characters = typed.uppercased().filter { $0 != " " && $0 != "-" }
        guard characters.utf8.count == Self.length, characters.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        text = characters
    }

    static let length = 8
    static let alphabet = Alphabet("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")
}

extension CollectionCode: CustomStringConvertible, CustomReflectable {
    /// A description without the code, because whoever has the code can collect the tickets.
    package var description: String { "‹collection code›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
