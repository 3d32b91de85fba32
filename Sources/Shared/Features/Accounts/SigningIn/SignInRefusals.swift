package import Callers

extension Refusal {
    // Signing in by QR code.

    package static let qrUnknown = Refusal(.invalid(pointer: "/qr"), "qr_unknown", "This is not a sign-in code of ours.")
    /// Another phone, somebody else's or of the same person, scanned it first.
    package static let qrLoginTaken = Refusal(.conflict, "qr_login_taken", "Another phone has scanned this code. Show a new one.")
    /// The sign-in was decided or used, or is too old.
    package static let qrLoginOver = Refusal(.conflict, "qr_login_over", "This sign-in is over. Show a new code.")
    package static let qrNumberWrong = Refusal(
        .conflict, "qr_number_wrong", "This is not the number that the device shows. The sign-in was denied; show a new code."
    )

    // Going from one app to another.

    /// No such app, or one that is switched off.
    package static let appUnknown = Refusal(.invalid(pointer: "/app"), "app_unknown", "There is no such app.")
    package static let appExists = Refusal(.conflict, "app_exists", "Another app of this realm has this name.")
    /// The ticket, the app or its secret is wrong, or the ticket is used or too old; the answer doesn't say which.
    package static let appTicketInvalid = Refusal(
        .unauthenticated, "app_ticket_invalid", "The ticket is not valid for this app, or no longer."
    )

    // Signing in by an identity provider.

    package static let providerUnknown = Refusal(
        .invalid(pointer: "/provider"), "provider_unknown", "Nobody can sign in by way of this provider."
    )
    /// The provider can't be reached, or its answer makes no sense.
    package static let providerUnavailable = Refusal(
        .unavailable(retryAfter: 5), "provider_unavailable", "The provider can't be reached right now. Try again in a moment."
    )
    /// Something is wrong with what came back; the audit trail says what.
    package static let providerSignInInvalid = Refusal(
        .unauthenticated, "third_party_login_invalid", "This sign-in is not valid, or no longer. Begin again."
    )
    /// There is an account with this e-mail address, but nobody has linked it: an address is no proof.
    package static let linkingNeeded = Refusal(
        .conflict, "linking_needed", "There is an account with this e-mail address. Sign in to it and link the other one there."
    )
    /// The provider's account is linked already, to this account or another.
    package static let identityTaken = Refusal(.conflict, "identity_taken", "This account of the provider is linked already.")
    /// Linking asks for the password, or for a session that has just begun.
    package static let confirmationNeeded = Refusal(
        .forbidden, "confirmation_needed", "Send your password, or sign in again first."
    )
    package static let lastWayIn = Refusal(
        .conflict, "last_way_in", "Without it you could no longer sign in. Set a password or link another account first."
    )
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
