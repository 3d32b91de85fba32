/// What a person changes about itself; `nil` leaves a thing as it is.
package struct ProfileChange: Sendable {
    package let username: Username?
    package let phone: PhoneNumber?
    package let email: EmailAddress?

    /// - Throws: the refusals of ``Username``, ``PhoneNumber`` and ``EmailAddress``.
    package init(username: String? = nil, phone: String? = nil, email: String? = nil) throws {
        self.username = try username.map(Username.init)
        self.phone = try phone.map(PhoneNumber.init)
        self.email = try email.map(EmailAddress.init)
    }
}
