/// What somebody signs up with.
package struct NewAccount: Sendable {
    package let username: Username
    package let password: Password
    package let phone: PhoneNumber?
    package let email: EmailAddress?

    /// - Throws: the refusals of ``Username``, ``Password``, ``PhoneNumber`` and ``EmailAddress``.
    package init(username: String, password: String, phone: String? = nil, email: String? = nil) throws {
        self.username = try Username(username)
        let phone = try phone.map(PhoneNumber.init)
        let email = try email.map(EmailAddress.init)
        self.password = try Password(
            new: password, names: [self.username.description, phone?.description, email?.description].compactMap(\.self))
        self.phone = phone
        self.email = email
    }
}
