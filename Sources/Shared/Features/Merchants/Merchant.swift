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
