package import FoundationEssentials

/// A company that makes or distributes movies.
package struct Company: Hashable, Sendable {
    package let id: Int64
    /// Unique.
    package let name: String
    package let createdAt: Date
}
