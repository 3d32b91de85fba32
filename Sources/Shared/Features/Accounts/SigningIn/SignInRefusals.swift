package import Callers

extension Refusal {
    // Signing in by QR code.

    package static let qrUnknown = Refusal(.invalid(pointer: "/qr"), "qr_unknown")
    /// Another phone, somebody else's or of the same person, scanned it first.
    package static let qrLoginTaken = Refusal(.conflict, "qr_login_taken")
    /// The sign-in was decided or used, or is too old.
    package static let qrLoginOver = Refusal(.conflict, "qr_login_over")
    package static let qrNumberWrong = Refusal(.conflict, "qr_number_wrong")

    // Going from one app to another.

    /// No such app, or one that is switched off.
    package static let appUnknown = Refusal(.invalid(pointer: "/app"), "app_unknown")
    package static let appExists = Refusal(.conflict, "app_exists")
    /// The ticket, the app or its secret is wrong, or the ticket is used or too old; the answer doesn't say which.
    package static let appTicketInvalid = Refusal(.unauthenticated, "app_ticket_invalid")

    // Signing in by an identity provider.

    package static let providerUnknown = Refusal(.invalid(pointer: "/provider"), "provider_unknown")
    /// The provider can't be reached, or its answer makes no sense.
    package static let providerUnavailable = Refusal(.unavailable(retryAfter: 5), "provider_unavailable")
    /// Something is wrong with what came back; the audit trail says what.
    package static let providerSignInInvalid = Refusal(.unauthenticated, "third_party_login_invalid")
    /// There is an account with this e-mail address, but nobody has linked it: an address is no proof.
    package static let linkingNeeded = Refusal(.conflict, "linking_needed")
    /// The provider's account is linked already, to this account or another.
    package static let identityTaken = Refusal(.conflict, "identity_taken")
    /// Linking asks for the password, or for a session that has just begun.
    package static let confirmationNeeded = Refusal(.forbidden, "confirmation_needed")
    package static let lastWayIn = Refusal(.conflict, "last_way_in")
}

extension AuditAction {
    package static let qrLoginScanned = AuditAction(rawValue: "qr_login.scanned")
    package static let qrLoginApproved = AuditAction(rawValue: "qr_login.approved")
    package static let qrLoginDenied = AuditAction(rawValue: "qr_login.denied")
    package static let appRegistered = AuditAction(rawValue: "app.registered")
    package static let appChanged = AuditAction(rawValue: "app.changed")
    package static let appTicketIssued = AuditAction(rawValue: "app_ticket.issued")
    package static let appTicketUsed = AuditAction(rawValue: "app_ticket.used")
    package static let identityLinked = AuditAction(rawValue: "identity.linked")
    package static let identityUnlinked = AuditAction(rawValue: "identity.unlinked")
}
