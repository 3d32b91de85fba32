/// What a person changes about itself; `nil` leaves a thing as it is.
package struct ProfileChange: Sendable {
    package let username: Username?
    /// `.some(nil)` clears it.
    package let phone: PhoneNumber??
    /// `.some(nil)` clears it.
    package let email: EmailAddress??

    /// - Throws: the refusals of ``Username``, ``PhoneNumber`` and ``EmailAddress``.
    package init(username: String? = nil, phone: String?? = nil, email: String?? = nil) throws {
        self.username = try username.map(Username.init)
        self.phone = try phone.map { try $0.map(PhoneNumber.init) }
        self.email = try email.map { try $0.map(EmailAddress.init) }
    }
}

/// By what somebody shows that a change is its own wish.
package struct ChangeProof: Sendable {
    package let password: String?
    /// Sent to the new number or mailbox.
    package let code: String?

    package init(password: String?, code: String?) {
        self.password = password
        self.code = code
    }
}
