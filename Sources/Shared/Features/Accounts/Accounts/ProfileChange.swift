/// What people change about themselves; `nil` leaves a thing as it is.
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

    private init(username: Username?, phone: PhoneNumber??, email: EmailAddress??) {
        self.username = username
        self.phone = phone
        self.email = email
    }

    /// The change without the phone number and e-mail address that an account has already, unless they are to be proved.
    func from(_ account: Account, proving destination: CodeDestination?) -> ProfileChange {
        let keepsPhone = phone.map { $0?.description == account.phone && $0.map(CodeDestination.phone) != destination } ?? false
        let keepsEmail = email.map { $0?.description == account.email && $0.map(CodeDestination.email) != destination } ?? false
        return ProfileChange(username: username, phone: keepsPhone ? nil : phone, email: keepsEmail ? nil : email)
    }

    /// Which parts of it need a code: those that the account doesn't have; if there are none and a code was sent along, those that it has
    /// without a proof.
    func destinations(for account: Account, hasCode: Bool) -> [CodeDestination] {
        let wanted = [phone.flatMap(\.self).map(CodeDestination.phone), email.flatMap(\.self).map(CodeDestination.email)].compactMap(\.self)
        let new = wanted.filter { $0.text != account.phone && $0.text != account.email }
        return new.isEmpty && hasCode ? wanted.filter { !account.hasProved($0) } : new
    }

    /// Whether it gives the account another username.
    func renames(_ account: Account) -> Bool {
        username.map { $0.description != account.username } ?? false
    }

    /// Whether it removes a phone number or e-mail address that the account has.
    func clears(_ account: Account) -> Bool {
        (phone == .some(nil) && account.phone != nil) || (email == .some(nil) && account.email != nil)
    }
}

/// What somebody sends along to prove that it is the account's owner.
package struct ChangeProof: Sendable {
    package let password: String?
    /// Sent to the number or mailbox that is to be the account's.
    package let code: CodeAttempt?

    package init(password: String?, code: CodeAttempt?) {
        self.password = password
        self.code = code
    }
}
