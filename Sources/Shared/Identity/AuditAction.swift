/// The word for what was done, as in `account.disabled`. Each feature declares its own.
package struct AuditAction: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let accountCreated = AuditAction(rawValue: "account.created")
    package static let accountChanged = AuditAction(rawValue: "account.changed")
    package static let accountDisabled = AuditAction(rawValue: "account.disabled")
    package static let accountEnabled = AuditAction(rawValue: "account.enabled")
    package static let permissionChanged = AuditAction(rawValue: "account.permission_changed")
    package static let signedIn = AuditAction(rawValue: "session.opened")
    package static let signInRefused = AuditAction(rawValue: "session.refused")
    package static let signedOut = AuditAction(rawValue: "session.closed")
    package static let merchantRegistered = AuditAction(rawValue: "merchant.registered")
    package static let merchantVerified = AuditAction(rawValue: "merchant.verified")
    package static let merchantVerificationWithdrawn = AuditAction(rawValue: "merchant.verification_withdrawn")
}
