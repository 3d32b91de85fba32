import Callers

/// The name of a company: 1 to 100 characters, none of them invisible, in NFC and without blanks around it.
package struct MerchantName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// - Throws: ``Refusal/merchantNameInvalid``.
    package init(_ text: String) throws {
        let scalars = text.unicodeScalars
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let start = scalars.firstIndex { !isBlank($0) } ?? scalars.endIndex
        let end = scalars.lastIndex { !isBlank($0) }.map(scalars.index(after:)) ?? start
        let trimmed = scalars[start..<end]
        guard
            (1...100).contains(trimmed.count),
            !trimmed.contains(where: \.isInvisible)
        else { throw Refusal.merchantNameInvalid }
        description = String(trimmed).composed
    }
}
