/// What somebody signs up with.
package struct NewAccount: Sendable {
    package let username: Username
    package let password: Password
    package let phone: PhoneNumber?
    package let email: EmailAddress?

    /// - Throws: the refusals of ``Username``, ``Password``, ``PhoneNumber`` and ``EmailAddress``.
    package init(username: String, password: String, phone: String? = nil, email: String? = nil) throws {
        self.username = try Username(username)
        self.password = try Password(new: password)
        self.phone = try phone.map(PhoneNumber.init)
        self.email = try email.map(EmailAddress.init)
    }
}
