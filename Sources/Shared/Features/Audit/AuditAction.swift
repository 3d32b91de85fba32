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
    package static let requestForbidden = AuditAction(rawValue: "request.forbidden")
    package static let requestThrottled = AuditAction(rawValue: "request.throttled")
    package static let signedOut = AuditAction(rawValue: "session.closed")
    package static let sessionRevoked = AuditAction(rawValue: "session.revoked")
    package static let contactVerified = AuditAction(rawValue: "account.contact_verified")
    package static let contactTakenOver = AuditAction(rawValue: "account.contact_taken_over")
    package static let codeSent = AuditAction(rawValue: "code.sent")
    package static let passwordChanged = AuditAction(rawValue: "account.password_changed")
    package static let passwordReset = AuditAction(rawValue: "account.password_reset")
    package static let passwordRefused = AuditAction(rawValue: "account.password_refused")
    package static let codeRefused = AuditAction(rawValue: "code.refused")
    package static let secondFactorOn = AuditAction(rawValue: "account.totp_enabled")
    package static let secondFactorOff = AuditAction(rawValue: "account.totp_disabled")
    package static let secondFactorClosed = AuditAction(rawValue: "account.totp_closed")
    package static let secondFactorOpened = AuditAction(rawValue: "account.totp_opened")
    package static let recoveryCodeUsed = AuditAction(rawValue: "account.recovery_code_used")
    package static let merchantRegistered = AuditAction(rawValue: "merchant.registered")
    package static let merchantVerified = AuditAction(rawValue: "merchant.verified")
    package static let merchantVerificationWithdrawn = AuditAction(rawValue: "merchant.verification_withdrawn")
}
