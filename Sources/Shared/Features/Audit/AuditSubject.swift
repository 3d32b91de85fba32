package import struct Foundation.UUID

/// What something was done to, as the audit trail names it and is searched by: `account:12`. Each feature declares its own.
package struct AuditSubject: Hashable, Sendable {
    package let text: String

    /// - Parameter kind: a stable snake_case word, such as `account`.
    package init(_ kind: String, _ id: Int64) {
        text = "\(kind):\(id)"
    }

    package init(_ kind: String, _ id: UUID) {
        text = "\(kind):\(id.uuidString.lowercased())"
    }
}
