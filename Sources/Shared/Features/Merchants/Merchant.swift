import Callers
import Text

package import struct Foundation.Date

/// A company that owns cinemas (商家).
package struct Merchant: Hashable, Sendable, Identifiable {
    package let id: Int64
    package let name: String
    /// When an administrator verified it; `nil` while it can't sell.
    package let verifiedAt: Date?
    package let createdAt: Date

    package init(id: Int64, name: String, verifiedAt: Date?, createdAt: Date) {
        self.id = id
        self.name = name
        self.verifiedAt = verifiedAt
        self.createdAt = createdAt
    }

    package var isVerified: Bool { verifiedAt != nil }
}

/// The name of a company: 1 to 100 characters, a plain line, in NFC and without blanks around it.
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
            String(trimmed).isPlainLine
        else { throw Refusal.merchantNameInvalid }
        description = String(trimmed).spelledAsName
    }
}
